package io.raftoral.workflow.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftoral.raft.driver.RoleChange;
import io.raftoral.transport.RequestChannel;
import io.raftoral.transport.RequestFailedException.Reason;
import io.raftoral.transport.RequestFailedException;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.ClientCodec;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.Decision;
import io.raftoral.workflow.client.HostPort;
import io.raftoral.workflow.client.Refusal;
import io.raftoral.workflow.client.Request;
import io.raftoral.workflow.engine.RunEnd;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Node n1 of three, with a replica and channels to the others that do as the test says. */
class RequestServerTest {
  private static final Request.Start START = new Request.Start("t", 1, "id", new byte[] {'1'});
  private static final RoleChange LEADS = new RoleChange(1, 1, true);
  private static final RoleChange FOLLOWS_N2 = new RoleChange(1, 2, false);
  private static final RoleChange NO_LEADER = new RoleChange(1, 0, false);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final FakeReplica replica = new FakeReplica();
  private final RequestThreads threads = new RequestThreads("n1", 100);
  private final Queue<Supplier<CompletableFuture<byte[]>>> others = new ArrayDeque<>();
  private final Queue<ClientCodec.Call> forwarded = new ArrayDeque<>();
  private final RequestServer server = new RequestServer(replica, members(), threads, 2, 3);

  private Members members() {
    Map<String, HostPort> addresses = new TreeMap<>();
    Map<String, Long> ids = new TreeMap<>();
    for (int i = 1; i <= 3; i++) {
      addresses.put("n" + i, new HostPort("127.0.0.1", i));
      ids.put("n" + i, (long) i);
    }
    Members.Member self = new Members.Member(1, "n1", new HostPort("127.0.0.1", 1));
    return new Members("c", self, ids, addresses, id -> new Channel());
  }

  /** To any other node. */
  private final class Channel implements RequestChannel {
    @Override
    public CompletableFuture<byte[]> request(byte[] body, Duration timeout) {
      try {
        synchronized (others) {
          forwarded.add(ClientCodec.decodeCall(body));
          Supplier<CompletableFuture<byte[]>> next = others.poll();
          return next == null ? failed(Reason.UNREACHABLE, false) : next.get();
        }
      } catch (Exception e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() {}
  }

  private static CompletableFuture<byte[]> failed(Reason reason, boolean maybeExecuted) {
    return CompletableFuture.failedFuture(new RequestFailedException(reason, "broken by the test", maybeExecuted));
  }

  private static CompletableFuture<byte[]> bytes(Answer answer) {
    return CompletableFuture.completedFuture(ClientCodec.encode(new ClientCodec.Reply(answer, "")));
  }

  private static CompletableFuture<byte[]> refusal(Refusal refusal) {
    return bytes(new Answer.Refused(refusal, "refused by the test"));
  }

  private Answer ask(Request request, Duration timeout) throws Exception {
    return server.serve(request, false, Deadline.after(timeout)).get(20, TimeUnit.SECONDS);
  }

  private static void assertRefused(Answer answer, Refusal refusal) {
    assertThat(answer)
        .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(refusal));
  }

  @AfterEach
  void closeThreads() {
    threads.close();
  }

  @Test
  void theLeaderStartsByItself() throws Exception {
    replica.role = LEADS;
    assertThat(ask(START, LONG)).isEqualTo(new Answer.Started(1));
    assertThat(forwarded).isEmpty();
  }

  @Test
  void aFollowerForwardsToTheLeaderOnce() throws Exception {
    replica.role = FOLLOWS_N2;
    others.add(() -> bytes(new Answer.Started(5)));
    assertThat(ask(START, LONG)).isEqualTo(new Answer.Started(5));
    assertThat(forwarded).singleElement().matches(ClientCodec.Call::forwarded);
    assertThat(replica.starts).hasValue(0);
  }

  @Test
  void aForwardedStartIsNotForwardedAgain() throws Exception {
    replica.role = FOLLOWS_N2;
    Answer answer = server.serve(START, true, Deadline.after(LONG)).get(5, TimeUnit.SECONDS);
    assertRefused(answer, Refusal.NO_LEADER);
    assertThat(forwarded).isEmpty();
  }

  @Test
  void aStartThatAStoppingNodeProposedIsUnknown() throws Exception {
    replica.role = LEADS;
    replica.onStart = () -> CompletableFuture.failedFuture(new NodeStoppedException("stopped"));
    assertRefused(ask(START, SHORT), Refusal.OUTCOME_UNKNOWN);
  }

  @Test
  void aStartFollowsLeadershipWhereverItMoves() throws Exception {
    replica.role = FOLLOWS_N2;
    others.add(() -> failed(Reason.UNREACHABLE, false));
    others.add(() -> refusal(Refusal.NO_LEADER));
    others.add(() -> refusal(Refusal.UNAVAILABLE));
    others.add(() -> failed(Reason.CONNECTION_LOST, true));
    others.add(
        () -> {
          replica.role = LEADS;
          return refusal(Refusal.OUTCOME_UNKNOWN);
        });
    assertThat(ask(START, LONG)).isEqualTo(new Answer.Started(1));
    assertThat(forwarded).hasSize(5);
  }

  @Test
  void aStartWaitsForALeader() throws Exception {
    replica.role = NO_LEADER;
    CompletableFuture<Answer> answer = server.serve(START, false, Deadline.after(LONG));
    replica.role = LEADS;
    assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo(new Answer.Started(1));
  }

  @Test
  void aStartWithoutALeaderIsRefusedInTheEnd() throws Exception {
    replica.role = NO_LEADER;
    assertRefused(ask(START, SHORT), Refusal.NO_LEADER);
  }

  @Test
  void aStartThatWasProposedAndNotConfirmedIsUnknown() throws Exception {
    replica.role = LEADS;
    replica.onStart = CompletableFuture::new;
    assertRefused(ask(START, SHORT), Refusal.OUTCOME_UNKNOWN);
  }

  @Test
  void aStartWhoseForwardGotLostIsUnknownEvenIfLaterOnesAreRefused() throws Exception {
    replica.role = FOLLOWS_N2;
    others.add(() -> failed(Reason.CONNECTION_LOST, true));
    assertRefused(ask(START, SHORT), Refusal.OUTCOME_UNKNOWN);
  }

  @Test
  void finalRefusalsOfTheLeaderReachTheClientAtOnce() throws Exception {
    replica.role = FOLLOWS_N2;
    others.add(() -> refusal(Refusal.ID_IN_USE));
    assertRefused(ask(START, LONG), Refusal.ID_IN_USE);
    others.add(() -> refusal(Refusal.OVERLOADED));
    assertRefused(ask(START, LONG), Refusal.OVERLOADED);
    others.add(() -> failed(Reason.TOO_LARGE, false));
    assertRefused(ask(START, LONG), Refusal.LIMIT_EXCEEDED);
    replica.role = LEADS;
    replica.onStart = () -> CompletableFuture.failedFuture(FakeReplica.refused(RefusedException.Code.UNKNOWN_TYPE));
    assertRefused(ask(START, LONG), Refusal.UNKNOWN_TYPE);
    replica.onStart = () -> CompletableFuture.failedFuture(new LimitExceededException("too large"));
    assertRefused(ask(START, LONG), Refusal.LIMIT_EXCEEDED);
  }

  @Test
  void readsWaitUntilTheReplicaIsUpToDate() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    replica.onBarrier =
        () -> {
          if (asked.incrementAndGet() < 3) {
            return FakeReplica.noBarrier();
          }
          replica.knows("id");
          return CompletableFuture.completedFuture(null);
        };
    assertThat(ask(new Request.Describe("id"), LONG)).isInstanceOf(Answer.Described.class);
    assertThat(ask(new Request.ListRuns(RunFilter.ALL), LONG))
        .isInstanceOfSatisfying(Answer.Listed.class, listed -> assertThat(listed.page().runs()).hasSize(1));
    assertRefused(ask(new Request.Describe("other"), LONG), Refusal.UNKNOWN_WORKFLOW);
  }

  @Test
  void readsThatNoLeaderConfirmsAreRefusedInTheEnd() throws Exception {
    replica.onBarrier = FakeReplica::noBarrier;
    assertRefused(ask(new Request.Describe("id"), SHORT), Refusal.NO_LEADER);
    replica.onBarrier = CompletableFuture::new;
    assertRefused(ask(new Request.ListRuns(RunFilter.ALL), SHORT), Refusal.NO_LEADER);
  }

  @Test
  void theEndOfARunIsAwaited() throws Exception {
    replica.knows("id");
    replica.onBarrier = FakeReplica::noBarrier;
    CompletableFuture<Answer> answer = server.serve(new Request.AwaitEnd("id"), false, Deadline.after(LONG));
    assertThat(answer).isNotDone();
    replica.end("id").complete(new RunEnd("id", 1, RunStatus.COMPLETED, "7", null, null));
    assertThat(answer.get(5, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Answer.Completed.class,
            completed -> assertThat(new String(completed.resultJson(), StandardCharsets.UTF_8)).isEqualTo("7"));
    replica.ends.put(
        "bad", CompletableFuture.completedFuture(new RunEnd("bad", 2, RunStatus.FAILED, null, "E", "no")));
    assertThat(ask(new Request.AwaitEnd("bad"), LONG)).isEqualTo(new Answer.Failed(RunStatus.FAILED, "E", "no"));
  }

  @Test
  void aRunThatDoesNotEndIsStillRunningAndIsWaitedForNoLonger() throws Exception {
    replica.knows("id");
    assertThat(ask(new Request.AwaitEnd("id"), SHORT)).isEqualTo(new Answer.StillRunning());
    await().until(() -> replica.end("id").isCancelled());
  }

  @Test
  void aRunThatNobodyStartedIsNotWaitedFor() throws Exception {
    assertRefused(ask(new Request.AwaitEnd("id"), LONG), Refusal.UNKNOWN_WORKFLOW);
  }

  @Test
  void moreRequestsThanTheBoundAreRefusedAsOverload() throws Exception {
    replica.role = NO_LEADER;
    for (int i = 0; i < 2; i++) {
      assertThat(server.serve(START, false, Deadline.after(LONG))).isNotDone();
    }
    assertRefused(ask(START, LONG), Refusal.OVERLOADED);
    for (int i = 0; i < 3; i++) {
      replica.knows("w" + i);
      assertThat(server.serve(new Request.AwaitEnd("w" + i), false, Deadline.after(LONG))).isNotDone();
    }
    assertRefused(ask(new Request.AwaitEnd("w4"), LONG), Refusal.OVERLOADED);
    replica.role = LEADS;
    await().until(() -> ask(START, LONG) instanceof Answer.Started);
  }

  @Test
  void aStartThatMayHaveHappenedIsNotCalledRefusedWhenTheThreadsAreBusy() throws Exception {
    RequestThreads busy = new RequestThreads("busy", 1);
    try {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      CountDownLatch held = new CountDownLatch(1);
      replica.role = FOLLOWS_N2;
      others.add(
          () -> {
            replica.role = LEADS;
            for (int i = 0; i < 3; i++) {
              busy.work(new CompletableFuture<>(), () -> awaitQuietly(held));
            }
            return failed(Reason.CONNECTION_LOST, true);
          });
      new LeaderAttempts(START, false, Deadline.after(LONG), answer, replica, members(), busy).run();
      assertRefused(answer.get(5, TimeUnit.SECONDS), Refusal.OUTCOME_UNKNOWN);
      held.countDown();
    } finally {
      busy.close();
    }
  }

  private static @Nullable Answer awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  @Test
  void whoeverIsInterruptedWhileWaitingGivesItsPlaceBack() {
    replica.knows("id");
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () -> new LocalRequester(server).ask(new Request.AwaitEnd("id"), Deadline.after(Duration.ofDays(1))))
        .isInstanceOf(RequestOutcomeUnknownException.class);
    assertThat(Thread.interrupted()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(server.serve(new Request.AwaitEnd("id"), false, Deadline.after(LONG))).isNotDone();
    }
  }

  @Test
  void anErrorOfTheInputsOwnCodeIsAnsweredAtOnce() throws Exception {
    replica.role = LEADS;
    replica.onStart =
        () -> {
          throw new NoClassDefFoundError("Missing");
        };
    assertRefused(ask(START, LONG), Refusal.OUTCOME_UNKNOWN);
  }

  @Test
  void whoeverWaitsIsToldWhenTheNodeStops() throws Exception {
    replica.role = NO_LEADER;
    replica.knows("id");
    CompletableFuture<Answer> start = server.serve(START, false, Deadline.after(LONG));
    CompletableFuture<Answer> end = server.serve(new Request.AwaitEnd("id"), false, Deadline.after(LONG));
    server.stop("n1 was closed by the test");
    assertRefused(start.get(1, TimeUnit.SECONDS), Refusal.OUTCOME_UNKNOWN);
    assertRefused(end.get(1, TimeUnit.SECONDS), Refusal.UNAVAILABLE);
    assertThat(ask(new Request.Describe("id"), LONG))
        .isEqualTo(new Answer.Refused(Refusal.UNAVAILABLE, "n1 was closed by the test"));
    assertThatThrownBy(() -> new LocalRequester(server).ask(START, Deadline.after(LONG)))
        .isInstanceOf(NodeStoppedException.class)
        .hasMessage("n1 was closed by the test");
  }

  @Test
  void nodesThatDoNotAnswerAreListedAsUnreachable() throws Exception {
    replica.onStatus = () -> CompletableFuture.completedFuture(status("n1"));
    others.add(() -> bytes(new Answer.Node(status("n2"))));
    others.add(CompletableFuture::new);
    Answer answer = ask(new Request.AskCluster(), Duration.ofMillis(500));
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Cluster.class,
            cluster -> {
              assertThat(cluster.status().nodes()).extracting(NodeStatus::node).containsExactly("n1", "n2", "n3");
              assertThat(cluster.status().nodes()).extracting(NodeStatus::reachable).containsExactly(true, true, false);
              assertThat(cluster.status().nodes().getLast().address()).isEqualTo("127.0.0.1:3");
            });
  }

  @Test
  void replicasAreAskedForOnEveryNode() throws Exception {
    replica.knows("w");
    RunReplica asleep = new RunReplica("n2", RunReplica.State.ASLEEP, null);
    others.add(() -> bytes(new Answer.Replicas(List.of(asleep))));
    others.add(() -> failed(Reason.UNREACHABLE, false));

    Answer answer = ask(new Request.Replicas("w", Decision.RETRY), LONG);
    assertThat(answer)
        .isEqualTo(
            new Answer.Replicas(
                List.of(
                    new RunReplica("n1", RunReplica.State.SHADOW, null),
                    asleep,
                    new RunReplica("n3", RunReplica.State.UNREACHABLE, null))));
    assertThat(replica.decisions).containsExactly(Decision.RETRY);
    assertThat(forwarded).extracting(ClientCodec.Call::request).containsOnly(new Request.Replicas("w", Decision.RETRY));
    assertThat(forwarded).allMatch(ClientCodec.Call::forwarded);
  }

  @Test
  void replicasOfARunThatNobodyKnowsAreRefused() throws Exception {
    assertRefused(ask(new Request.Replicas("w", Decision.NONE), LONG), Refusal.UNKNOWN_WORKFLOW);
  }

  @Test
  void historiesAreReadBehindTheBarrier() throws Exception {
    replica.knows("w");
    assertThat(ask(new Request.History("w", "from"), LONG))
        .isInstanceOfSatisfying(
            Answer.Told.class, told -> assertThat(told.page().entries().getFirst().value()).isEqualTo("from"));
    assertRefused(ask(new Request.History("other", ""), LONG), Refusal.UNKNOWN_WORKFLOW);
    replica.onBarrier = FakeReplica::noBarrier;
    assertRefused(ask(new Request.History("w", ""), SHORT), Refusal.NO_LEADER);
  }

  @Test
  void aStatusThatTheBusyWorkersRejectWasRefused() throws Exception {
    replica.onStatus = () -> CompletableFuture.failedFuture(new RejectedExecutionException("queue is full"));

    assertRefused(ask(new Request.AskNode(), LONG), Refusal.OVERLOADED);
  }

  @Test
  void statusIsComputedOnceForAllWhoAskMeanwhile() throws Exception {
    CompletableFuture<NodeStatus> slow = new CompletableFuture<>();
    Queue<CompletableFuture<NodeStatus>> computations = new ArrayDeque<>();
    computations.add(slow);
    replica.onStatus = computations::remove;
    CompletableFuture<Answer> first = server.serve(new Request.AskNode(), true, Deadline.after(LONG));
    CompletableFuture<Answer> second = server.serve(new Request.AskNode(), true, Deadline.after(LONG));
    slow.complete(status("n1"));
    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(new Answer.Node(status("n1")));
    assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(new Answer.Node(status("n1")));
  }

  @Test
  void bytesThatAreNoRequestAreRefusedAndRepliesNameTheLeader() throws Exception {
    replica.role = FOLLOWS_N2;
    CompletableFuture<byte[]> reply = new CompletableFuture<>();
    server.handle(new byte[] {1, 2, 3}, 1000, reply::complete);
    ClientCodec.Reply decoded = ClientCodec.decodeReply(reply.get(5, TimeUnit.SECONDS));
    assertRefused(decoded.answer(), Refusal.BAD_REQUEST);
    assertThat(decoded.leaderAddress()).isEqualTo("127.0.0.1:2");
  }

  @Test
  void repliesComeBeforeTheClientGivesUp() throws Exception {
    replica.knows("id");
    CompletableFuture<byte[]> reply = new CompletableFuture<>();
    byte[] call = ClientCodec.encode(new ClientCodec.Call(new Request.AwaitEnd("id"), false));
    long before = System.nanoTime();
    server.handle(call, 1_000, reply::complete);
    assertThat(ClientCodec.decodeReply(reply.get(5, TimeUnit.SECONDS)).answer()).isEqualTo(new Answer.StillRunning());
    assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(800));
  }

  private static NodeStatus status(String name) {
    return new NodeStatus(name, "127.0.0.1:9", true, "follower", 1, "n2", false, 1, 1, 1, "d", 0, 0);
  }
}
