package io.raftoral.workflow.lint;

/** What a finding does. */
public enum Severity {
  /** It is not reported. */
  OFF,
  /** It is reported, and nothing else happens. */
  WARNING,
  /** The class does not compile, or is not registered. */
  ERROR
}
