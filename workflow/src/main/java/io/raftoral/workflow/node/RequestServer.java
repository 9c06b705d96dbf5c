package io.raftoral.workflow.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.raft.message.Message;
import io.raftoral.transport.RequestHandler;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.Backoff;
import io.raftoral.workflow.client.ClientCodec;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.Refusal;
import io.raftoral.workflow.client.Request;
import io.raftoral.workflow.engine.RunEnd;
import io.raftoral.workflow.engine.state.Result;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of clients, of this process and of the network alike, on any node: a start goes to the leader, a
 * read waits until this node has applied what was acknowledged before, and the end of a run is awaited where it was
 * asked for. Nothing here blocks; what reads the disk does so on the threads of {@link RequestThreads}.
 *
 * <p>Every request is answered by its deadline, whatever becomes of the parts it waits for.
 */
final class RequestServer implements RequestHandler {
  /** An answer has to arrive before the client gives up: so much of its time, but not more than the second. */
  private static final int REPLY_MARGIN_DIVISOR = 10;

  private static final long MAX_REPLY_MARGIN_MS = 250;

  /**
   * How long a request of the network may take, whatever it asks for. Nobody tells when a client is gone, and its waits
   * for results hold places until their time is over; one that is still there asks again.
   */
  static final long MAX_TIMEOUT_MS = 60_000;

  private final Replica replica;
  private final Members members;
  private final RequestThreads threads;
  private final ClusterView clusterView;
  private final int maxRequests;
  private final int maxWaits;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger waits = new AtomicInteger();

  /** Numbers the requests. */
  private final AtomicLong numbers = new AtomicLong();

  /** Everything that was not answered yet, by its number. */
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

  /** A request that was not answered yet. */
  private record Pending(Request request, CompletableFuture<Answer> answer) {}

  /** Why nothing is served any more; null as long as the node runs. */
  private volatile @Nullable String stopped;

  /**
   * Serves requests on {@code replica}.
   *
   * @param maxRequests that are under way at once, waits for a result aside
   * @param maxWaits for a result, at once
   */
  RequestServer(Replica replica, Members members, RequestThreads threads, int maxRequests, int maxWaits) {
    this.replica = replica;
    this.members = members;
    this.threads = threads;
    this.maxRequests = maxRequests;
    this.maxWaits = maxWaits;
    clusterView = new ClusterView(replica, members);
  }

  @Override
  public void handle(byte[] body, long timeoutMs, Reply reply) {
    ClientCodec.Call call;
    try {
      call = ClientCodec.decodeCall(body);
    } catch (InvalidProtocolBufferException e) {
      String why = members.self().name() + " cannot read the request: " + e.getMessage();
      send(reply, new Answer.Refused(Refusal.BAD_REQUEST, why));
      return;
    }
    long boundedMs = Math.min(timeoutMs, MAX_TIMEOUT_MS);
    long marginMs = Math.min(boundedMs / REPLY_MARGIN_DIVISOR, MAX_REPLY_MARGIN_MS);
    Futures.whenDone(
        serve(call.request(), call.forwarded(), Deadline.afterMs(Math.max(1, boundedMs - marginMs))),
        answer -> send(reply, answer),
        failure -> send(reply, Answers.of(failure)));
  }

  /**
   * Serves one request.
   *
   * @param forwarded whether another node sent it on: it then goes no further
   * @return completes by the deadline, never exceptionally
   */
  CompletableFuture<Answer> serve(Request request, boolean forwarded, Deadline deadline) {
    boolean waiting = request instanceof Request.AwaitEnd || request instanceof Request.AwaitUpdate;
    AtomicInteger count = waiting ? waits : requests;
    int most = waiting ? maxWaits : maxRequests;
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      return CompletableFuture.completedFuture(
          new Answer.Refused(
              Refusal.OVERLOADED,
              members.self().name() + " has " + most + (waiting ? " waits for results" : " requests")
                  + " under way, and takes no more for now: try again a little later"));
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    long number = numbers.incrementAndGet();
    pending.put(number, new Pending(request, answer));
    Futures.whenEnded(
        answer,
        () -> {
          pending.remove(number);
          count.decrementAndGet();
        });
    String reason = stopped;
    if (reason != null) {
      answer.complete(new Answer.Refused(Refusal.UNAVAILABLE, reason));
      return answer;
    }
    try {
      dispatch(request, forwarded, deadline, answer);
    } catch (RuntimeException e) {
      answer.complete(Answers.of(e));
    }
    return answer;
  }

  /** From now on nothing is served; whoever waits is told {@code reason}. */
  void stop(String reason) {
    stopped = reason;
    for (Pending waiting : pending.values()) {
      // A command may be in the log already, and commit without us.
      boolean maybeExecuted = waiting.request() instanceof Request.Command;
      waiting
          .answer()
          .complete(new Answer.Refused(maybeExecuted ? Refusal.OUTCOME_UNKNOWN : Refusal.UNAVAILABLE, reason));
    }
  }

  /** Why nothing is served any more; null as long as the node runs. */
  @Nullable String stopReason() {
    return stopped;
  }

  private void dispatch(
      Request request, boolean forwarded, Deadline deadline, CompletableFuture<Answer> answer) {
    switch (request) {
      case Request.Command command ->
          new LeaderAttempts(command, forwarded, deadline, answer, replica, members, threads).run();
      case Request.AwaitUpdate update -> awaitUpdate(update, deadline, answer);
      case Request.Query query ->
          read(
              deadline,
              answer,
              () -> {
                byte[] json = replica.query(query);
                return json == null ? unknown(query.workflowId()) : new Answer.Answered(json);
              });
      case Request.AwaitEnd await -> awaitEnd(await.workflowId(), deadline, answer);
      case Request.Describe describe -> describe(describe.workflowId(), deadline, answer);
      case Request.ListRuns list ->
          read(deadline, answer, () -> new Answer.Listed(replica.list(list.filter())));
      case Request.History history ->
          read(
              deadline,
              answer,
              () -> {
                HistoryPage page = replica.history(history.workflowId(), history.pageToken());
                return page == null ? unknown(history.workflowId()) : new Answer.Told(page);
              });
      case Request.Replicas replicas -> {
        threads.atDeadline(deadline, answer, () -> late("the nodes were not asked in time"));
        threads.work(answer, () -> replicas(replicas, forwarded, deadline, answer));
      }
      case Request.AskCluster _ -> {
        settle(clusterView.ask(deadline), answer, Answer.Cluster::new);
        threads.atDeadline(deadline, answer, () -> late("the nodes were not asked in time"));
      }
      case Request.AskNode _ -> {
        settle(clusterView.self(), answer, Answer.Node::new);
        threads.atDeadline(deadline, answer, () -> late("the state's digest took too long"));
      }
    }
  }

  private @Nullable Answer replicas(
      Request.Replicas asked, boolean forwarded, Deadline deadline, CompletableFuture<Answer> answer) {
    RunReplica own = replica.replica(asked.workflowId(), asked.decision());
    if (forwarded) {
      return new Answer.Replicas(List.of(own));
    }
    settle(
        new ReplicaView(members).ask(asked, own, deadline),
        answer,
        all ->
            all.stream().anyMatch(one -> one.state() != RunReplica.State.UNKNOWN && one.state() != RunReplica.State.UNREACHABLE)
                ? new Answer.Replicas(all)
                : unknown(asked.workflowId()));
    return null;
  }

  private void describe(String id, Deadline deadline, CompletableFuture<Answer> answer) {
    read(
        deadline,
        answer,
        () -> {
          RunDescription description = replica.describe(id);
          return description == null ? unknown(id) : new Answer.Described(description);
        });
  }

  private void awaitEnd(String id, Deadline deadline, CompletableFuture<Answer> answer) {
    threads.atDeadline(deadline, answer, Answer.StillRunning::new);
    threads.work(
        answer,
        () -> {
          CompletableFuture<RunEnd> end = replica.awaitEnd(id);
          settle(end, answer, RequestServer::ended);
          Futures.whenEnded(answer, () -> end.cancel(false));
          // An id that nobody ever started must not be waited for. If this node knows the run, no more needs to be
          // asked; a node that has not applied the start yet learns of it behind the barrier.
          if (!answer.isDone() && !replica.exists(id)) {
            afterBarrier(deadline, answer, () -> replica.exists(id) ? null : unknown(id));
          }
          return null;
        });
  }

  private void awaitUpdate(Request.AwaitUpdate update, Deadline deadline, CompletableFuture<Answer> answer) {
    threads.atDeadline(deadline, answer, Answer.StillRunning::new);
    threads.work(
        answer,
        () -> {
          CompletableFuture<Result> result = replica.awaitUpdate(update);
          settle(result, answer, RequestServer::answered);
          Futures.whenEnded(answer, () -> result.cancel(false));
          return null;
        });
  }

  private static Answer answered(Result result) {
    return switch (result) {
      case Result.Value value -> new Answer.Answered(value.json());
      case Result.Failure failure -> new Answer.Failed(null, failure.type(), failure.message());
      case Result.Unknown unknown -> throw new IllegalStateException("an update has no unknown answer");
    };
  }

  private void read(Deadline deadline, CompletableFuture<Answer> answer, Supplier<@Nullable Answer> reading) {
    threads.atDeadline(deadline, answer, () -> late("no leader confirmed the read in time"));
    afterBarrier(deadline, answer, reading);
  }

  /** Completes {@code answer} with what {@code reading} returns, unless that is null, once this node is up to date. */
  private void afterBarrier(
      Deadline deadline, CompletableFuture<Answer> answer, Supplier<@Nullable Answer> reading) {
    new Object() {
      private final Backoff backoff = new Backoff();

      void attempt() {
        if (answer.isDone()) {
          return;
        }
        Futures.whenDone(
            replica.readBarrier(),
            confirmed -> threads.work(answer, reading),
            failure -> threads.later(Math.min(backoff.nextMs(), deadline.leftMs()), this::attempt));
      }
    }.attempt();
  }

  private Answer late(String why) {
    return new Answer.Refused(Refusal.NO_LEADER, members.self().name() + ": " + why);
  }

  private void send(Reply reply, Answer answer) {
    long leader = replica.role().leader();
    String address = leader == Message.NOBODY ? "" : members.addressOf(leader);
    reply.send(ClientCodec.encode(new ClientCodec.Reply(answer, address)));
  }

  private static <T> void settle(
      CompletableFuture<T> future, CompletableFuture<Answer> answer, Function<T, Answer> view) {
    Futures.whenDone(
        future, value -> answer.complete(view.apply(value)), failure -> answer.complete(Answers.of(failure)));
  }

  private static Answer ended(RunEnd end) {
    if (end.status() == RunStatus.COMPLETED) {
      String result = end.result() == null ? "null" : end.result();
      return new Answer.Completed(result.getBytes(StandardCharsets.UTF_8));
    }
    return new Answer.Failed(
        end.status(),
        end.failureType() == null ? "" : end.failureType(), end.failureMessage() == null ? "" : end.failureMessage());
  }

  private static Answer unknown(String id) {
    return new Answer.Refused(
        Refusal.UNKNOWN_WORKFLOW, "no workflow has the id \"" + id + "\": check it, or start the workflow first");
  }
}
