package io.raftoral.workflow.client;

import io.raftoral.workflow.RunFilter;

/** What can be asked of a node. All of it may be asked again: a start is idempotent by its workflow id. */
public sealed interface Request {

  /**
   * Starts a run, or finds the one that has this id. Only the leader can.
   *
   * @param version 0 for the newest one
   * @param inputJson not to be changed
   * @param timeoutMs how long the run may take
   */
  record Start(String type, int version, String workflowId, byte[] inputJson, long timeoutMs) implements Command {
    /** Of a run that may take as long as it does. */
    public static final long NO_TIMEOUT = Long.MAX_VALUE;

    /** A run that may take as long as it does. */
    public Start(String type, int version, String workflowId, byte[] inputJson) {
      this(type, version, workflowId, inputJson, NO_TIMEOUT);
    }

    @Override
    public String shown() {
      return "the start of \"" + workflowId + "\"";
    }
  }

  /** What only the leader can do. All of it may be repeated: it is applied once. */
  sealed interface Command extends Request {
    /** The run's id. */
    String workflowId();

    /** What to call it in messages. */
    String shown();
  }

  /**
   * Hands a value to a run, once a request id.
   *
   * @param json not to be changed
   * @param update whether the run is to answer
   */
  record Signal(String workflowId, String requestId, String name, byte[] json, boolean update) implements Command {
    @Override
    public String shown() {
      return (update ? "the update \"" : "the signal \"") + name + "\" for \"" + workflowId + "\"";
    }
  }

  /** Asks a run to end, or ends it at once. */
  record Cancel(String workflowId, String requestId, String reason, boolean terminate) implements Command {
    @Override
    public String shown() {
      return (terminate ? "the termination of \"" : "the cancellation of \"") + workflowId + "\"";
    }
  }

  /** Waits for the answer of an update that was accepted, as long as the caller does. */
  record AwaitUpdate(String workflowId, String requestId) implements Request {}

  /**
   * Asks a run something, of its state which is at least as new as everything acknowledged before.
   *
   * @param argumentJson not to be changed
   */
  record Query(String workflowId, String name, byte[] argumentJson) implements Request {}

  /** Waits for the end of a run, as long as the caller does. */
  record AwaitEnd(String workflowId) implements Request {}

  /** Describes a run, at least as new as everything acknowledged before. */
  record Describe(String workflowId) implements Request {}

  /** Lists runs, at least as new as everything acknowledged before. */
  record ListRuns(RunFilter filter) implements Request {}

  /** A page of a run's journal, at least as new as everything acknowledged before. */
  record History(String workflowId, String pageToken) implements Request {}

  /**
   * What nodes do about a run: the asked one asks the others. First {@code decision} is carried out, wherever the run
   * cannot go on; that may be done twice.
   */
  record Replicas(String workflowId, Decision decision) implements Request {}

  /** Every node's view of itself. */
  record AskCluster() implements Request {}

  /** The asked node's view of itself. */
  record AskNode() implements Request {}
}
