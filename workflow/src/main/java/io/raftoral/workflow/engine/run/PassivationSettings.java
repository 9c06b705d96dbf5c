package io.raftoral.workflow.engine.run;

/**
 * When a run that waits gives its threads up.
 *
 * @param idleMs how long it must have waited already; 0 lets it go as soon as it waits
 * @param minSleepMs how long it must still have to wait, if it waits for a time
 */
public record PassivationSettings(long idleMs, long minSleepMs) {
  /** After ten seconds, if at least a minute is left. */
  public static final PassivationSettings DEFAULT = new PassivationSettings(10_000, 60_000);

  /** Checks the ranges. */
  public PassivationSettings {
    if (idleMs < 0 || minSleepMs < 1) {
      throw new IllegalArgumentException("idleMs must not be negative, and minSleepMs must be positive");
    }
  }
}
