package io.raftoral.workflow;

import io.raftoral.workflow.annotated.Calls;
import io.raftoral.workflow.client.RemoteClient;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts workflows and asks about them, through any node. Requests are repeated at other nodes while it is safe to;
 * methods block, and may be called by several threads at once.
 */
public interface RaftoralClient extends AutoCloseable {

  /**
   * A client outside the cluster.
   *
   * @param addresses {@code host:port} of nodes; one that answers is enough
   * @param timeout how long a request may take in all, unless the call says otherwise
   * @throws ConfigurationException if there is no address, or a malformed one
   */
  static RaftoralClient connect(List<String> addresses, Duration timeout) {
    return connect(ClientOptions.of(addresses).withTimeout(timeout));
  }

  /**
   * A client outside the cluster. Connects when it is first used.
   *
   * @throws ConfigurationException if an address is malformed, or on another machine without {@code insecure}
   */
  static RaftoralClient connect(ClientOptions options) {
    return RemoteClient.connect(options);
  }

  /**
   * Starts a run, or finds it: the same id means the same run. When this returns, the start is committed: no failure of
   * a minority of nodes can lose it.
   *
   * @param id at most 256 bytes of UTF-8, any characters
   * @throws RefusedException with code {@code ID_IN_USE} if a run of this id has another type or input
   */
  <I, O extends @Nullable Object> WorkflowHandle<O> start(WorkflowType<I, O> type, String id, I input);

  /** Likewise, with options; those of the start that has made the run count. */
  <I, O extends @Nullable Object> WorkflowHandle<O> start(
      WorkflowType<I, O> type, String id, I input, StartOptions options);

  /** Likewise, by the name of the type, with input and result as JSON. Starts the newest version. */
  WorkflowHandle<String> start(String type, String id, String inputJson);

  /**
   * Starts a run of a workflow class. Arguments are checked against the entry method before anything is sent.
   *
   * @param workflow a class with {@link io.raftoral.workflow.annotation.DistributedWorkflow}
   * @param input what its entry method takes
   * @throws ConfigurationException if it takes something else, or the class is no workflow
   */
  default <W> WorkflowRun<W> start(Class<W> workflow, String id, @Nullable Object... input) {
    return Calls.start(this, workflow, id, input);
  }

  /** Starts a run of a workflow class by its entry method, such as {@code Checkout::run}: the compiler checks the types. */
  default <W, R extends @Nullable Object> WorkflowHandle<R> start(Entry.None<W, R> entry, String id) {
    return Calls.start(this, entry, id);
  }

  /** Likewise, with one parameter. */
  default <W, A, R extends @Nullable Object> WorkflowHandle<R> start(Entry.One<W, A, R> entry, String id, A input) {
    return Calls.start(this, entry, id, input);
  }

  /** Likewise, with two. */
  default <W, A, B, R extends @Nullable Object> WorkflowHandle<R> start(
      Entry.Two<W, A, B, R> entry, String id, A first, B second) {
    return Calls.start(this, entry, id, first, second);
  }

  /** Likewise, with three. */
  default <W, A, B, C, R extends @Nullable Object> WorkflowHandle<R> start(
      Entry.Three<W, A, B, C, R> entry, String id, A first, B second, C third) {
    return Calls.start(this, entry, id, first, second, third);
  }

  /** A handle on a run of a workflow class that was started before. Does not check that there is one. */
  default <W> WorkflowRun<W> find(Class<W> workflow, String id) {
    return Calls.find(this, workflow, id);
  }

  /**
   * Hands a value to a run. When this returns, it waits in the run's inbox, and no failure of a minority of nodes can
   * lose it.
   *
   * @param requestId of 1 to 256 bytes: the same one is delivered once, however often it is sent
   * @throws RefusedException with code {@code UNKNOWN_WORKFLOW} or {@code RUN_ENDED}
   */
  void signal(String id, String signal, String requestId, String json);

  /**
   * Hands a value to a run and waits for its answer, as JSON.
   *
   * @throws UpdateFailedException if the workflow refused it, or its handler failed
   * @throws RequestOutcomeUnknownException if there was no answer in time; the same request id waits for it again
   * @throws RefusedException with code {@code UNKNOWN_WORKFLOW}, or {@code RUN_ENDED} if the run ended without answering
   */
  String update(String id, String update, String requestId, String json);

  /**
   * Asks a run something, as JSON. The answer is made from committed state, which is at least as new as everything that
   * was acknowledged before the call.
   *
   * @param query one of the type's queries, or the name of a replicated variable
   */
  String query(String id, String query, String json);

  /** Asks a run to end: its code learns of it where it waits, and may compensate. Returns when that is committed. */
  void cancel(String id, String reason);

  /** Ends a run at once; its code does not learn of it. */
  void terminate(String id, String reason);

  /** A handle on a run that was started before. Does not check that there is one. */
  <O extends @Nullable Object> WorkflowHandle<O> handle(String id, Class<O> resultClass);

  /** Likewise, with the result as JSON. */
  WorkflowHandle<String> handle(String id);

  /**
   * What a run looks like, at least as new as everything that was acknowledged before the call.
   *
   * @throws RefusedException with code {@code UNKNOWN_WORKFLOW} if no run has this id
   */
  RunDescription describe(String id);

  /** A page of runs, at least as new as everything that was acknowledged before the call. */
  RunPage list(RunFilter filter);

  /**
   * A page of a run's journal, at least as new as everything that was acknowledged before the call.
   *
   * @param pageToken what the last page said, empty for the beginning
   * @throws RefusedException with code {@code UNKNOWN_WORKFLOW} if no run has this id
   */
  HistoryPage history(String id, String pageToken);

  /**
   * What every node does about a run, and what keeps it from going on there; nodes that do not answer are listed as such.
   *
   * @throws RefusedException with code {@code UNKNOWN_WORKFLOW} if no node that answers has heard of it
   */
  List<RunReplica> replicas(String id);

  /**
   * For operators: builds the replicas of a run that cannot go on again from the journal, on every node. Helps if what
   * was wrong is right by now; a replica that diverges again is blocked again.
   *
   * @return what every node does about the run then
   */
  List<RunReplica> retry(String id);

  /**
   * For operators: makes nodes on which a run cannot go on leave it alone, until they have to run it actively. They keep
   * its journal.
   *
   * @return what every node does about the run then
   */
  List<RunReplica> skip(String id);

  /** Every node's view of itself; nodes that do not answer are listed as such. */
  ClusterStatus clusterStatus();

  @Override
  void close();
}
