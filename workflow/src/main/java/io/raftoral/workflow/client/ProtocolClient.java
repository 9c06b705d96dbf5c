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
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowHandle;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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
    switch (ask(new Request.Start(type, version, id, inputJson))) {
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
                "workflow \"" + id + "\"", failed.failureType(), failed.failureMessage());
        case Answer.StillRunning _ ->
            throw new RequestOutcomeUnknownException(
                "workflow \"" + id + "\" had not ended after " + wait + "; it goes on, and may be waited for again");
        case Answer other -> throw unexpected(other);
      };
    }

    @Override
    public RunDescription describe() {
      return ProtocolClient.this.describe(id);
    }
  }
}
