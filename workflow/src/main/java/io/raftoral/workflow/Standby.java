package io.raftoral.workflow;

/** What nodes that are not active do with the runs of a type. */
public enum Standby {
  /** They follow with threads of their own: failover takes no time, and divergence is found while it happens. */
  HOT,
  /**
   * They keep the journal only. A node that becomes active goes through it from the beginning first. For types of which
   * very many run at a time, or whose code is expensive to run.
   */
  COLD
}
