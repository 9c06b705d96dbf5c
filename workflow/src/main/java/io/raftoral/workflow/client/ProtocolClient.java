package io.raftoral.workflow.client;

import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.StartOptions;
import io.raftoral.workflow.UpdateFailedException;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowHandle;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The client API over the client protocol. The embedded and the remote client differ in their {@link Requester} alone. */
public final class ProtocolClient implements RaftoralClient {
  private static final Payloads PAYLOADS = new Payloads();

  /** Asks a node. */
  private final Requester requester;

  /** How long a request may take unless the call says otherwise. */
  private final Duration timeout;

  /** A client that asks {@code requester}, which it closes in the end. */
  public ProtocolClient(Requester requester, Duration timeout) {
    this.requester = requester;
    this.timeout = timeout;
  }

  @Override
  public <I, O extends @Nullable Object> WorkflowHandle<O> start(WorkflowType<I, O> type, String id, I input) {
    byte[] json = PAYLOADS.encode("the input of workflow \"" + id + "\"", type.inputClass(), input);
    start(type.name(), type.version(), id, json);
    return handle(id, type.resultClass());
  }

  @Override
  public WorkflowHandle<String> start(String type, String id, String inputJson) {
    start(type, 0, id, inputJson.getBytes(StandardCharsets.UTF_8));
    return handle(id);
  }

  @Override
  public <I, O extends @Nullable Object> WorkflowHandle<O> start(
      WorkflowType<I, O> type, String id, I input, StartOptions options) {
    byte[] json = PAYLOADS.encode("the input of workflow \"" + id + "\"", type.inputClass(), input);
    Duration limit = options.timeout();
    start(type.name(), type.version(), id, json, limit == null ? Request.Start.NO_TIMEOUT : limit.toMillis());
    return handle(id, type.resultClass());
  }

  @Override
  public void signal(String id, String signal, String requestId, String json) {
    accepted(new Request.Signal(id, requestId, signal, bytes(json), false));
  }

  @Override
  public String update(String id, String update, String requestId, String json) {
    Deadline deadline = Deadline.after(timeout);
    accepted(new Request.Signal(id, requestId, update, bytes(json), true));
    return switch (requester.ask(new Request.AwaitUpdate(id, requestId), deadline)) {
      case Answer.Answered answered -> new String(answered.json(), StandardCharsets.UTF_8);
      case Answer.Failed failed ->
          throw new UpdateFailedException(
              "update \"" + update + "\" of workflow \"" + id + "\"", failed.failureType(), failed.failureMessage());
      case Answer.StillRunning _ ->
          throw new RequestOutcomeUnknownException(
              "update \"" + update + "\" of workflow \"" + id + "\" was accepted, and had no answer after " + timeout
                  + "; repeat it with the same request id to wait again");
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public String query(String id, String query, String json) {
    return switch (ask(new Request.Query(id, query, bytes(json)))) {
      case Answer.Answered answered -> new String(answered.json(), StandardCharsets.UTF_8);
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public void cancel(String id, String reason) {
    accepted(new Request.Cancel(id, requestId(), reason, false));
  }

  @Override
  public void terminate(String id, String reason) {
    accepted(new Request.Cancel(id, requestId(), reason, true));
  }

  private void accepted(Request.Command command) {
    switch (ask(command)) {
      case Answer.Accepted _ -> {}
      case Answer other -> throw unexpected(other);
    }
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static String requestId() {
    return UUID.randomUUID().toString();
  }

  @Override
  public <O extends @Nullable Object> WorkflowHandle<O> handle(String id, Class<O> resultClass) {
    return new Handle<>(id, json -> result(id, resultClass, json));
  }

  @Override
  public WorkflowHandle<String> handle(String id) {
    return new Handle<>(id, json -> new String(json, StandardCharsets.UTF_8));
  }

  @Override
  public RunDescription describe(String id) {
    return switch (ask(new Request.Describe(id))) {
      case Answer.Described described -> described.description();
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public RunPage list(RunFilter filter) {
    return switch (ask(new Request.ListRuns(filter))) {
      case Answer.Listed listed -> listed.page();
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public HistoryPage history(String id, String pageToken) {
    return switch (ask(new Request.History(id, pageToken))) {
      case Answer.Told told -> told.page();
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public List<RunReplica> replicas(String id) {
    return decide(id, Decision.NONE);
  }

  @Override
  public List<RunReplica> retry(String id) {
    return decide(id, Decision.RETRY);
  }

  @Override
  public List<RunReplica> skip(String id) {
    return decide(id, Decision.SKIP);
  }

  private List<RunReplica> decide(String id, Decision decision) {
    return switch (ask(new Request.Replicas(id, decision))) {
      case Answer.Replicas all -> all.replicas();
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public ClusterStatus clusterStatus() {
    return switch (ask(new Request.AskCluster())) {
      case Answer.Cluster cluster -> cluster.status();
      case Answer other -> throw unexpected(other);
    };
  }

  @Override
  public void close() {
    requester.close();
  }

  /** Null is a result only where the type allows it, which is the caller's to know. */
  @SuppressWarnings({"unchecked", "NullAway"})
  private static <O extends @Nullable Object> O result(String id, Class<O> resultClass, byte[] json) {
    Object value = PAYLOADS.decode("the result of workflow \"" + id + "\"", resultClass, json);
    return (O) value;
  }

  private void start(String type, int version, String id, byte[] inputJson) {
    start(type, version, id, inputJson, Request.Start.NO_TIMEOUT);
  }

  private void start(String type, int version, String id, byte[] inputJson, long timeoutMs) {
    switch (ask(new Request.Start(type, version, id, inputJson, timeoutMs))) {
      case Answer.Started _ -> {}
      case Answer other -> throw unexpected(other);
    }
  }

  private Answer ask(Request request) {
    return requester.ask(request, Deadline.after(timeout));
  }

  /** A node that answers another question than it was asked: nobody can say what it did. */
  private static RequestOutcomeUnknownException unexpected(Answer answer) {
    return new RequestOutcomeUnknownException(
        "the node gave an answer of another kind than it was asked for: " + answer.getClass().getSimpleName());
  }

  /** A run by its id. */
  private final class Handle<O extends @Nullable Object> implements WorkflowHandle<O> {
    private final String id;
    private final Function<byte[], O> decoder;

    Handle(String id, Function<byte[], O> decoder) {
      this.id = id;
      this.decoder = decoder;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public O result() {
      return result(timeout);
    }

    @Override
    public O result(Duration wait) {
      if (wait.isNegative()) {
        throw new ConfigurationException("the time to wait for a result must not be negative, but is " + wait);
      }
      return switch (requester.ask(new Request.AwaitEnd(id), Deadline.after(wait))) {
        case Answer.Completed completed -> decoder.apply(completed.resultJson());
        case Answer.Failed failed ->
            throw new WorkflowFailedException(
                "workflow \"" + id + "\"",
                failed.status() == null ? RunStatus.FAILED : failed.status(),
                failed.failureType(),
                failed.failureMessage());
        case Answer.StillRunning _ ->
            throw new RequestOutcomeUnknownException(
                "workflow \"" + id + "\" had not ended after " + wait + "; it goes on, and may be waited for again");
        case Answer other -> throw unexpected(other);
      };
    }

    @Override
    public void signal(String signal, @Nullable Object value) {
      signal(signal, requestId(), value);
    }

    @Override
    public void signal(String signal, String requestId, @Nullable Object value) {
      ProtocolClient.this.signal(id, signal, requestId, json("the value of signal " + signal, value));
    }

    @Override
    public <R extends @Nullable Object> R update(String update, Class<R> resultClass, @Nullable Object value) {
      return update(update, requestId(), resultClass, value);
    }

    @Override
    public <R extends @Nullable Object> R update(
        String update, String requestId, Class<R> resultClass, @Nullable Object value) {
      String json = ProtocolClient.this.update(id, update, requestId, json("the value of update " + update, value));
      return decoded("the answer to update " + update, resultClass, json);
    }

    @Override
    public <R extends @Nullable Object> R query(String query, Class<R> resultClass) {
      return query(query, resultClass, null);
    }

    @Override
    public <R extends @Nullable Object> R query(String query, Class<R> resultClass, @Nullable Object argument) {
      String json = ProtocolClient.this.query(id, query, json("the argument of query " + query, argument));
      return decoded("the answer to query " + query, resultClass, json);
    }

    @Override
    public void cancel(String reason) {
      ProtocolClient.this.cancel(id, reason);
    }

    @Override
    public void terminate(String reason) {
      ProtocolClient.this.terminate(id, reason);
    }

    private String json(String what, @Nullable Object value) {
      Class<?> type = value == null ? Void.class : value.getClass();
      return Payloads.text(PAYLOADS.encode(what + " for workflow \"" + id + "\"", type, value));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null only if R may be
    private <R extends @Nullable Object> R decoded(String what, Class<R> type, String json) {
      return (R) PAYLOADS.decode(what + " of workflow \"" + id + "\"", type, bytes(json));
    }

    @Override
    public RunDescription describe() {
      return ProtocolClient.this.describe(id);
    }
  }
}
