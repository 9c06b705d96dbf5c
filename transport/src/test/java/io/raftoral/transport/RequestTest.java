package io.raftoral.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.raftoral.transport.RequestFailedException.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests of clients: answered, refused, or failed with a word on whether they may have been executed. */
@ExtendWith(LeakWatch.class)
class RequestTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final List<AutoCloseable> open = new ArrayList<>();

  /** Requests that the silent handler has not answered. */
  private final Queue<RequestHandler.Reply> unanswered = new ConcurrentLinkedQueue<>();

  private final RequestHandler silent = (body, timeoutMs, reply) -> unanswered.add(reply);

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private TestNode node(UnaryOperator<TransportConfig> change, RequestHandler handler) {
    TestNode node = TestNode.start(1, change, handler);
    open.add(node);
    return node;
  }

  private TestNode echo() {
    return node(UnaryOperator.identity(), (body, timeoutMs, reply) -> reply.send(body));
  }

  private NettyRequestChannel channel(int port, UnaryOperator<RequestChannelConfig> change) {
    NettyRequestChannel channel =
        NettyRequestChannel.connect("127.0.0.1", port, change.apply(RequestChannelConfig.defaults()));
    open.add(channel);
    return channel;
  }

  private NettyRequestChannel channel(TestNode node) {
    return channel(node.port(), UnaryOperator.identity());
  }

  private static UnaryOperator<TransportConfig> requests(TransportLimits.Requests limits) {
    return config -> config.withLimits(config.limits().withRequests(limits));
  }

  private static RequestFailedException failure(CompletableFuture<byte[]> answer) {
    CompletionException failure = catchThrowableOfType(CompletionException.class, answer::join);
    if (failure.getCause() instanceof RequestFailedException cause) {
      return cause;
    }
    throw new AssertionError("no RequestFailedException", failure);
  }

  private static void assertFailed(CompletableFuture<byte[]> answer, Reason reason, boolean maybeExecuted) {
    RequestFailedException failure = failure(answer);
    assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
    assertThat(failure.maybeExecuted()).as(failure.getMessage()).isEqualTo(maybeExecuted);
  }

  @Test
  void manyThreadsAskAtOnceAndEachGetsItsOwnAnswer() throws InterruptedException {
    NettyRequestChannel channel = channel(echo());
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<java.util.concurrent.Callable<List<CompletableFuture<byte[]>>>> tasks = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        tasks.add(
            () -> {
              List<CompletableFuture<byte[]>> mine = new ArrayList<>();
              for (int i = 0; i < 200; i++) {
                mine.add(channel.request((thread + "/" + i).getBytes(UTF_8), LONG));
              }
              return mine;
            });
      }
      threads.invokeAll(tasks).forEach(task -> answers.addAll(task.resultNow()));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(new String(answers.get(i).join(), UTF_8)).isEqualTo(i / 200 + "/" + i % 200);
    }
  }

  @Test
  void answersComeInAnyOrder() {
    NettyRequestChannel channel = channel(node(UnaryOperator.identity(), silent));
    CompletableFuture<byte[]> first = channel.request("1".getBytes(UTF_8), LONG);
    CompletableFuture<byte[]> second = channel.request("2".getBytes(UTF_8), LONG);
    await().until(() -> unanswered.size() == 2);
    RequestHandler.Reply firstReply = unanswered.remove();
    unanswered.remove().send("two".getBytes(UTF_8));
    assertThat(second.join()).isEqualTo("two".getBytes(UTF_8));
    assertThat(first).isNotDone();
    firstReply.send("one".getBytes(UTF_8));
    assertThat(first.join()).isEqualTo("one".getBytes(UTF_8));
  }

  @Test
  void largeBodiesPassBothWays() {
    byte[] body = new byte[3_000_000];
    new java.util.Random(1).nextBytes(body);
    assertThat(channel(echo()).request(body, LONG).join()).isEqualTo(body);
  }

  @Test
  void whereNobodyListensTheRequestSurelyWasNotExecuted() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    CompletableFuture<byte[]> answer = channel(port, UnaryOperator.identity()).request(new byte[1], LONG);
    assertFailed(answer, Reason.UNREACHABLE, false);
  }

  @Test
  void anotherClusterRefusesBeforeAnythingIsExecuted() {
    CompletableFuture<byte[]> answer =
        channel(echo().port(), config -> config.withCluster("other")).request(new byte[1], LONG);
    assertFailed(answer, Reason.REFUSED, false);
    assertThat(failure(answer)).hasMessageContaining("'other'").hasMessageContaining("'test'");
  }

  @Test
  void aTimeoutAfterSendingMayHaveBeenExecuted() {
    NettyRequestChannel channel = channel(node(UnaryOperator.identity(), silent));
    assertFailed(channel.request(new byte[1], Duration.ofMillis(300)), Reason.TIMED_OUT, true);
    assertThat(unanswered).hasSize(1);
  }

  @Test
  void aTimeoutBeforeTheConnectionStandsSurelyWasNotExecuted() throws Exception {
    // Accepts by backlog alone, and never says Welcome.
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NettyRequestChannel channel = channel(mute.getLocalPort(), UnaryOperator.identity());
      assertFailed(channel.request(new byte[1], Duration.ofMillis(200)), Reason.TIMED_OUT, false);
    }
  }

  @Test
  void aNodeThatDiesLeavesTheOutcomeOpenAndTheChannelUsable() {
    TestNode node = node(UnaryOperator.identity(), silent);
    int port = node.port();
    NettyRequestChannel channel = channel(node);
    CompletableFuture<byte[]> answer = channel.request(new byte[1], LONG);
    await().until(() -> unanswered.size() == 1);
    node.transport.kill();
    assertFailed(answer, Reason.CONNECTION_LOST, true);
    assertFailed(channel.request(new byte[1], LONG), Reason.UNREACHABLE, false);

    TestNode again = new TestNode(TransportConfig.of("test", "n1", 1, "127.0.0.1", port, new java.util.TreeMap<>()));
    open.add(again);
    again.transport.start(again, (body, timeoutMs, reply) -> reply.send(body));
    assertThat(channel.request(new byte[7], LONG).join()).hasSize(7);
  }

  @Test
  void tooManyOutstandingRequestsOfAConnectionAreRefusedRetryably() {
    TestNode node = node(requests(new TransportLimits.Requests(1 << 20, 3, 100, 1 << 20, 1 << 20)), silent);
    NettyRequestChannel channel = channel(node);
    List<CompletableFuture<byte[]>> served = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      served.add(channel.request(new byte[1], LONG));
    }
    assertFailed(channel.request(new byte[1], LONG), Reason.OVERLOADED, false);
    assertThat(node.transport.stats().requestsRefused()).containsEntry("overloaded", 1L);
    await().until(() -> unanswered.size() == 3);
    unanswered.forEach(reply -> reply.send(new byte[0]));
    served.forEach(CompletableFuture::join);
    unanswered.clear();
    CompletableFuture<byte[]> next = channel.request(new byte[1], LONG);
    await().until(() -> unanswered.size() == 1);
    unanswered.remove().send(new byte[0]);
    next.join();
    assertThat(node.transport.stats().requestsOutstanding()).isZero();
  }

  @Test
  void tooManyOutstandingRequestsOfAllConnectionsAreRefusedRetryably() {
    TestNode node = node(requests(new TransportLimits.Requests(1 << 20, 3, 4, 1 << 20, 1 << 20)), silent);
    NettyRequestChannel one = channel(node);
    NettyRequestChannel two = channel(node);
    for (int i = 0; i < 2; i++) {
      assertThat(one.request(new byte[1], LONG)).isNotNull();
      assertThat(two.request(new byte[1], LONG)).isNotNull();
    }
    await().until(() -> unanswered.size() == 4);
    assertFailed(one.request(new byte[1], LONG), Reason.OVERLOADED, false);
  }

  @Test
  void bodiesBeyondTheMemoryOfAllRequestsAreRefusedRetryably() {
    TestNode node = node(requests(new TransportLimits.Requests(1 << 20, 100, 100, 100_000, 1 << 20)), silent);
    NettyRequestChannel channel = channel(node);
    CompletableFuture<byte[]> served = channel.request(new byte[60_000], LONG);
    assertFailed(channel.request(new byte[50_000], LONG), Reason.OVERLOADED, false);
    await().until(() -> unanswered.size() == 1);
    unanswered.remove().send(new byte[0]);
    served.join();
  }

  @Test
  void aChannelBoundsItsOwnRequests() {
    TestNode node = node(UnaryOperator.identity(), silent);
    NettyRequestChannel channel = channel(node.port(), config -> config.withMaxOutstanding(2));
    assertThat(channel.request(new byte[1], LONG)).isNotNull();
    assertThat(channel.request(new byte[1], LONG)).isNotNull();
    assertFailed(channel.request(new byte[1], LONG), Reason.OVERLOADED, false);
  }

  @Test
  void bodiesAndAnswersThatAreTooLargeFail() {
    TestNode node =
        node(
            requests(new TransportLimits.Requests(10_000, 3, 4, 1 << 20, 1 << 20)),
            (body, timeoutMs, reply) -> reply.send(new byte[body.length * 2]));
    NettyRequestChannel channel = channel(node);
    assertFailed(channel.request(new byte[10_001], LONG), Reason.TOO_LARGE, false);
    assertThat(channel.request(new byte[5_000], LONG).join()).hasSize(10_000);
    assertFailed(channel.request(new byte[5_001], LONG), Reason.FAILED, true);
  }

  @Test
  void aHandlerThatThrowsFailsTheRequestAlone() {
    TestNode node =
        node(
            UnaryOperator.identity(),
            (body, timeoutMs, reply) -> {
              if (body.length == 0) {
                throw new IllegalStateException("thrown by a test");
              }
              reply.send(body);
            });
    NettyRequestChannel channel = channel(node);
    assertFailed(channel.request(new byte[0], LONG), Reason.FAILED, true);
    assertThat(channel.request(new byte[1], LONG).join()).hasSize(1);
  }

  @Test
  void aHandlerThatForgetsARequestDoesNotHoldItsPlaceForEver() {
    TestNode node = node(requests(new TransportLimits.Requests(1 << 20, 1, 1, 1 << 20, 1 << 20)), silent);
    NettyRequestChannel channel = channel(node);
    assertFailed(channel.request(new byte[1], Duration.ofMillis(100)), Reason.TIMED_OUT, true);
    await().until(() -> node.transport.stats().requestsOutstanding() == 0);
    unanswered.remove().send(new byte[1]);
    CompletableFuture<byte[]> next = channel.request(new byte[1], LONG);
    await().until(() -> unanswered.size() == 1);
    unanswered.remove().send(new byte[2]);
    assertThat(next.join()).hasSize(2);
  }

  @Test
  void moreClientsThanAllowedAreRefused() {
    TestNode node = echo();
    int limit = TestNode.quickLimits().admission().maxClients();
    for (int i = 0; i < limit; i++) {
      channel(node).request(new byte[1], LONG).join();
    }
    assertFailed(channel(node).request(new byte[1], LONG), Reason.REFUSED, false);
  }

  @Test
  void closingAChannelFailsWhatWaits() {
    NettyRequestChannel channel = channel(node(UnaryOperator.identity(), silent));
    CompletableFuture<byte[]> answer = channel.request(new byte[1], LONG);
    await().until(() -> unanswered.size() == 1);
    channel.close();
    assertFailed(answer, Reason.CLOSED, true);
    assertFailed(channel.request(new byte[1], LONG), Reason.CLOSED, false);
  }

  @Test
  void nodesAskEachOtherOverTheSameKindOfChannel() {
    List<TestNode> nodes = TestNode.cluster(2, UnaryOperator.identity());
    open.addAll(nodes);
    assertThat(nodes.get(0).transport.requestChannel(2).request(new byte[9], LONG).join()).hasSize(9);
    nodes.get(0).transport.kill();
    assertFailed(failing(nodes.get(0)), Reason.CLOSED, false);
  }

  private static CompletableFuture<byte[]> failing(TestNode node) {
    return node.transport.requestChannel(2).request(new byte[1], LONG);
  }
}
