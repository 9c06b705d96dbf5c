package io.raftoral.workflow;

/** What becomes of a child workflow that is open when its parent ends. */
public enum ParentClosePolicy {
  /** It is ended at once. */
  TERMINATE,
  /** It is asked to end, and may compensate. */
  REQUEST_CANCEL,
  /** It goes on. */
  ABANDON
}
