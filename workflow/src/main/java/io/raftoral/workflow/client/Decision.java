package io.raftoral.workflow.client;

/** What is to be done about replicas of a run that cannot go on. */
public enum Decision {
  /** Nothing: they are looked at. */
  NONE,
  /** They are built again from the journal. */
  RETRY,
  /** Their nodes stop following the run, until they are active. */
  SKIP
}
