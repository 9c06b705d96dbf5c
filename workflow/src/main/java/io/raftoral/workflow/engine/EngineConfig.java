package io.raftoral.workflow.engine;

import io.raftoral.workflow.engine.run.PassivationSettings;
import io.raftoral.workflow.engine.run.RunLimits;
import io.raftoral.workflow.engine.run.RunSettings;

/**
 * Who and what an engine is.
 *
 * @param cluster the cluster's name; part of every idempotency key
 * @param node this node's name, as listeners and effects are told
 * @param group the Raft group whose state this is
 * @param limits bounds of what workflows may use
 * @param leaseMarginMs how much of the lease must be left for an effect to start, and how long before its end effects
 *     in flight are interrupted; covers the drift of clocks and the time that interrupting takes
 * @param flushBytes the state is made durable after so many bytes of applied commands
 * @param passivation when a run that waits gives its threads up
 * @param stuckAfterMs a thread that is in workflow code for so long without asking the engine for anything is reported
 * @param retentionMs how long runs that are over are kept, {@link RunSettings#KEEP} for ever
 */
public record EngineConfig(
    String cluster,
    String node,
    long group,
    RunLimits limits,
    long leaseMarginMs,
    long flushBytes,
    PassivationSettings passivation,
    long stuckAfterMs,
    long retentionMs) {
  /** Ten seconds. */
  private static final long STUCK_AFTER_MS = 10_000;


  /** The usual settings. */
  public static EngineConfig of(String cluster, String node, long group) {
    return new EngineConfig(cluster, node, group, RunLimits.DEFAULT, 20, 32 << 20, PassivationSettings.DEFAULT, STUCK_AFTER_MS, RunSettings.KEEP);
  }

  /** The same with other limits. */
  public EngineConfig withLimits(RunLimits changed) {
    return new EngineConfig(cluster, node, group, changed, leaseMarginMs, flushBytes, passivation, stuckAfterMs, retentionMs);
  }

  /** The same with another margin. */
  public EngineConfig withLeaseMarginMs(long changed) {
    return new EngineConfig(cluster, node, group, limits, changed, flushBytes, passivation, stuckAfterMs, retentionMs);
  }

  /** The same with another distance between flushes. */
  public EngineConfig withFlushBytes(long changed) {
    return new EngineConfig(cluster, node, group, limits, leaseMarginMs, changed, passivation, stuckAfterMs, retentionMs);
  }

  /** The same with other rules for runs that wait. */
  public EngineConfig withPassivation(PassivationSettings changed) {
    return new EngineConfig(cluster, node, group, limits, leaseMarginMs, flushBytes, changed, stuckAfterMs, retentionMs);
  }

  /** The same with another time after which a thread is reported as stuck. */
  public EngineConfig withStuckAfterMs(long changed) {
    return new EngineConfig(cluster, node, group, limits, leaseMarginMs, flushBytes, passivation, changed, retentionMs);
  }

  /** The same with another time for which runs that are over are kept; {@link RunSettings#KEEP} for ever. */
  public EngineConfig withRetentionMs(long changed) {
    return new EngineConfig(
        cluster, node, group, limits, leaseMarginMs, flushBytes, passivation, stuckAfterMs, changed);
  }

  /** The same for another node. */
  public EngineConfig withNode(String changed) {
    return new EngineConfig(cluster, changed, group, limits, leaseMarginMs, flushBytes, passivation, stuckAfterMs, retentionMs);
  }
}
