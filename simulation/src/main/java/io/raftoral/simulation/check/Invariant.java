package io.raftoral.simulation.check;

/** What must hold, and what kind of failure it is if it does not. */
public enum Invariant {
  I1_ONE_LEADER_PER_TERM(Kind.SAFETY, "a term has one leader at most, elected by durable votes of a quorum"),
  I2_LOG_MATCHING(Kind.SAFETY, "logs that agree in index and term of an entry agree in everything before it"),
  I3_COMMITTED_STAYS(Kind.SAFETY, "what is committed never changes and never goes away"),
  I4_LEADER_COMPLETENESS(Kind.SAFETY, "a leader holds everything that was committed in earlier terms"),
  I5_SAME_STATE(Kind.SAFETY, "nodes apply the same commands in the same order to the same state and configuration"),
  I6_MONOTONE(Kind.SAFETY, "term, vote and commit index never go back, across restarts too"),
  I7_DURABLE_FIRST(Kind.SAFETY, "nothing is acknowledged, voted or committed before it is durable"),
  I8_LINEARIZABLE(Kind.SAFETY, "clients see one copy of the data"),
  I9_JOURNAL(Kind.SAFETY, "a workflow's journal is written once, by the active node of its term"),
  I10_TIMERS(Kind.SAFETY, "timers fire once and never early"),
  I11_NO_LOST_WORKFLOW(Kind.LIVENESS, "every accepted workflow ends once the cluster is healed"),
  I12_BOUNDS(Kind.SAFETY, "queues and buffers stay within their bounds"),
  LEASE(Kind.SAFETY, "while a leader holds a lease nobody else becomes leader"),
  PROPOSALS(Kind.SAFETY, "what was refused is never applied, what was appended is applied there or nowhere, and once"),
  STORED_AS_WRITTEN(Kind.SAFETY, "the disk holds what was acknowledged, and it is read back so; damage is noticed"),
  COMPACTION(Kind.SAFETY, "the log is never compacted past what is durable in the state"),
  PROGRESS(Kind.LIVENESS, "a healed cluster has a leader, serves its clients and converges"),
  NO_CRASH(Kind.CRASH, "production code throws nothing that no fault explains"),
  SAME_SEED_SAME_RUN(Kind.NON_DETERMINISM, "the same plan gives the same run");

  /** Kinds of failures; they have different exit codes. */
  public enum Kind {
    SAFETY,
    LIVENESS,
    CRASH,
    NON_DETERMINISM
  }

  private final Kind kind;
  private final String rule;

  Invariant(Kind kind, String rule) {
    this.kind = kind;
    this.rule = rule;
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }

  /** The rule in a sentence. */
  public String rule() {
    return rule;
  }
}
