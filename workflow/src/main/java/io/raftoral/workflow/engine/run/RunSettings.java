package io.raftoral.workflow.engine.run;

/**
 * What runs of one engine have in common.
 *
 * @param leaseMarginMs how much of the lease must be left for an effect to start, and how long before its end effects
 *     in flight are interrupted
 * @param passivation when a run that waits gives its threads up
 * @param stuckAfterMs a thread that is in workflow code for so long without asking the engine for anything is stuck
 * @param retentionMs how long runs that are over are kept; {@link #KEEP} for ever
 */
public record RunSettings(
    String cluster, String node, RunLimits limits, long leaseMarginMs, PassivationSettings passivation, long stuckAfterMs,
    long retentionMs) {
  /** Keeps what is over. */
  public static final long KEEP = -1;
}
