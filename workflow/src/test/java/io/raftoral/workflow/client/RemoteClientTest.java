package io.raftoral.workflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftoral.workflow.RunStatus;
import io.raftoral.transport.RequestChannel;
import io.raftoral.transport.RequestFailedException;
import io.raftoral.workflow.ClientOptions;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RemoteClientTest {
  private static final String A = "127.0.0.1:1";
  private static final String B = "127.0.0.1:2";
  private static final String C = "127.0.0.1:3";

  private final Map<String, FakeNode> nodes = new ConcurrentHashMap<>();

  private FakeNode node(String address) {
    return nodes.computeIfAbsent(address, key -> new FakeNode());
  }

  private RaftoralClient client(Duration timeout, String... addresses) {
    return RemoteClient.connect(ClientOptions.of(List.of(addresses)).withTimeout(timeout), this::open);
  }

  private RequestChannel open(HostPort address) {
    return node(address.toString());
  }

  private static Answer completed(String json) {
    return new Answer.Completed(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void startSendsTypeIdAndInputAndReturnsAHandleWithTypedResult() {
    node(A).thenAnswer(new Answer.Started(1)).thenAnswer(completed("[1,2]"));
    record Order(String item, int count) {}
    WorkflowType<Order, int[]> type =
        WorkflowType.of("order", 3, Order.class, int[].class, (context, order) -> new int[0]);
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      assertThat(client.start(type, "id", new Order("x", 2)).result()).containsExactly(1, 2);
    }
    assertThat(node(A).received.getFirst())
        .isInstanceOfSatisfying(
            Request.Start.class,
            start -> {
              assertThat(start.type()).isEqualTo("order");
              assertThat(start.version()).isEqualTo(3);
              assertThat(new String(start.inputJson(), StandardCharsets.UTF_8))
                  .isEqualTo("{\"count\":2,\"item\":\"x\"}");
            });
  }

  @Test
  void anyNodeThatAnswersIsEnough() {
    node(A).thenDown();
    node(B).thenDown();
    node(C).thenAnswer(new Answer.Listed(new RunPage(List.of(), "")));
    try (RaftoralClient client = client(Duration.ofSeconds(5), A, B, C)) {
      assertThat(client.list(RunFilter.ALL).runs()).isEmpty();
    }
  }

  @Test
  void startIsRepeatedElsewhereWhenTheConnectionBreaks() {
    node(A).thenBreak().thenAnswer(new Answer.Started(1));
    node(B).thenBreak().thenAnswer(new Answer.Started(1));
    try (RaftoralClient client = client(Duration.ofSeconds(5), A, B)) {
      assertThat(client.start("order", "id", "{}").id()).isEqualTo("id");
    }
    assertThat(node(A).received.size() + node(B).received.size()).isEqualTo(3);
  }

  @Test
  void startThatSurelyDidNotHappenIsRefused() {
    try (RaftoralClient client = client(Duration.ofMillis(100), A, B)) {
      RefusedException e =
          catchThrowableOfType(RefusedException.class, () -> client.start("order", "id", "{}"));
      assertThat(e.code()).isEqualTo(RefusedException.Code.UNAVAILABLE);
      assertThat(e).hasMessageContaining(A).hasMessageContaining(B).hasMessageContaining("connection refused");
    }
  }

  @Test
  void startThatMayHaveHappenedIsUnknown() {
    node(A).thenBreak().thenDown();
    try (RaftoralClient client = client(Duration.ofMillis(100), A)) {
      assertThatThrownBy(() -> client.start("order", "id", "{}"))
          .isInstanceOf(RequestOutcomeUnknownException.class)
          .hasMessageContaining("repeating it with the same ids is safe");
    }
  }

  @Test
  void startAtANodeThatHangsIsUnknown() {
    node(A).thenHang();
    try (RaftoralClient client = client(Duration.ofMillis(100), A)) {
      assertThatThrownBy(() -> client.start("order", "id", "{}"))
          .isInstanceOf(RequestOutcomeUnknownException.class);
    }
  }

  @Test
  void refusalsThatMayPassAreTriedAgainAndOthersAreNot() {
    node(A)
        .thenRefuse(Refusal.NO_LEADER)
        .thenRefuse(Refusal.OVERLOADED)
        .thenRefuse(Refusal.UNAVAILABLE)
        .thenRefuse(Refusal.ID_IN_USE);
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      RefusedException e =
          catchThrowableOfType(RefusedException.class, () -> client.start("order", "id", "{}"));
      assertThat(e.code()).isEqualTo(RefusedException.Code.ID_IN_USE);
    }
    assertThat(node(A).received).hasSize(4);
  }

  @Test
  void aRefusalThatDoesNotPassInTimeIsWhatTheCallerSees() {
    node(A).thenRefuse(Refusal.NO_LEADER);
    try (RaftoralClient client = client(Duration.ofMillis(100), A)) {
      RefusedException e = catchThrowableOfType(RefusedException.class, () -> client.describe("id"));
      assertThat(e.code()).isEqualTo(RefusedException.Code.NO_LEADER);
    }
  }

  @Test
  void exceededLimitsHaveAnExceptionOfTheirOwn() {
    node(A).thenRefuse(Refusal.LIMIT_EXCEEDED);
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      assertThatThrownBy(() -> client.start("order", "id", "{}")).isInstanceOf(LimitExceededException.class);
    }
  }

  @Test
  void theLeaderThatWasNamedIsAskedNext() {
    node(A).thenAnswer(new Answer.Started(1), B);
    node(B).thenAnswer(new Answer.Started(2), B);
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      client.start("order", "1", "{}");
      client.start("order", "2", "{}");
      client.start("order", "3", "{}");
    }
    assertThat(node(A).received).hasSize(1);
    assertThat(node(B).received).hasSize(2);
  }

  @Test
  void aHintThatLeadsNowhereIsForgotten() {
    node(A).thenAnswer(new Answer.Started(1), B);
    node(B).thenDown();
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      client.start("order", "1", "{}");
      client.start("order", "2", "{}");
    }
    assertThat(node(A).received).hasSize(2);
  }

  @Test
  void aHintThatCannotBeReadIsIgnored() {
    node(A).thenAnswer(new Answer.Started(1), "nonsense");
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      client.start("order", "1", "{}");
    }
  }

  @Test
  void resultIsWaitedForThroughOutages() {
    node(A)
        .thenAnswer(new Answer.StillRunning())
        .thenDown()
        .thenBreak()
        .thenRefuse(Refusal.UNAVAILABLE)
        .thenAnswer(completed("\"done\""));
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      assertThat(client.handle("id", String.class).result()).isEqualTo("done");
    }
  }

  @Test
  void resultThatDoesNotComeInTimeIsUnknownAndSaysThatTheRunGoesOn() {
    node(A).thenAnswer(new Answer.StillRunning());
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      assertThatThrownBy(() -> client.handle("id").result(Duration.ofMillis(50)))
          .isInstanceOf(RequestOutcomeUnknownException.class)
          .hasMessageContaining("\"id\"");
    }
  }

  @Test
  void resultOfAClusterThatIsDownIsUnknown() {
    try (RaftoralClient client = client(Duration.ofMillis(50), A, B)) {
      assertThatThrownBy(() -> client.handle("id").result())
          .isInstanceOf(RequestOutcomeUnknownException.class)
          .hasMessageContaining("connection refused");
    }
  }

  @Test
  void failedRunsAndUnknownRunsAreToldApart() {
    node(A).thenAnswer(new Answer.Failed(RunStatus.FAILED, "shop.Declined", "card")).thenRefuse(Refusal.UNKNOWN_WORKFLOW);
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      assertThatThrownBy(() -> client.handle("id").result())
          .isInstanceOfSatisfying(
              WorkflowFailedException.class, e -> assertThat(e.failureType()).isEqualTo("shop.Declined"));
      RefusedException e = catchThrowableOfType(RefusedException.class, () -> client.handle("id").result());
      assertThat(e.code()).isEqualTo(RefusedException.Code.UNKNOWN_WORKFLOW);
    }
  }

  @Test
  void answersOfAnotherKindAreNotMistakenForSuccess() {
    node(A).thenAnswer(new Answer.Started(1));
    try (RaftoralClient client = client(Duration.ofSeconds(5), A)) {
      assertThatThrownBy(() -> client.describe("id"))
          .isInstanceOf(RequestOutcomeUnknownException.class)
          .hasMessageContaining("Started");
    }
  }

  @Test
  void closingReleasesWhoeverWaits() throws Exception {
    node(A).thenHang();
    RaftoralClient client = client(Duration.ofMinutes(1), A);
    CompletableFuture<Throwable> thrown = thrownBy(() -> client.start("order", "id", "{}"));
    node(A).awaitHanging();
    client.close();
    assertThat(thrown.get(5, TimeUnit.SECONDS))
        .isInstanceOf(RequestOutcomeUnknownException.class)
        .hasMessageContaining("closed");
    assertThat(node(A).isClosed()).isTrue();
    assertThatThrownBy(() -> client.describe("id"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void interruptingReleasesWhoeverWaits() throws Exception {
    node(A).thenHang();
    try (RaftoralClient client = client(Duration.ofMinutes(1), A)) {
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      client.describe("id");
                    } catch (RefusedException e) {
                      interrupted.complete(Thread.currentThread().isInterrupted());
                    }
                  });
      node(A).awaitHanging();
      waiting.interrupt();
      assertThat(interrupted.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static CompletableFuture<Throwable> thrownBy(Runnable call) {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                call.run();
                thrown.complete(new AssertionError("nothing was thrown"));
              } catch (RuntimeException e) {
                thrown.complete(e);
              }
            });
    return thrown;
  }

  @Test
  void addressesOfOtherMachinesHaveToBeAllowed() {
    ClientOptions options = ClientOptions.of(List.of("192.0.2.1:7101"));
    assertThatThrownBy(() -> RemoteClient.connect(options, this::open))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("192.0.2.1:7101")
        .hasMessageContaining("insecure");
    RemoteClient.connect(options.withInsecure(true), this::open).close();
  }

  @Test
  void aRequestThatIsTooLargeIsNotSentToOneNodeAfterTheOther() {
    node(A)
        .then(
            (request, timeout) ->
                CompletableFuture.failedFuture(
                    new RequestFailedException(RequestFailedException.Reason.TOO_LARGE, "too large", false)));
    try (RaftoralClient client = client(Duration.ofSeconds(60), A)) {
      assertThatThrownBy(() -> client.start("order", "id", "{}"))
          .isInstanceOf(LimitExceededException.class)
          .hasMessageContaining("too large");
    }
    assertThat(node(A).received).hasSize(1);
  }

  @Test
  void missingAndMalformedAddressesAreRefused() {
    assertThatThrownBy(() -> ClientOptions.of(List.of())).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> RemoteClient.connect(ClientOptions.of(List.of("nonsense")), this::open))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> RemoteClient.connect(ClientOptions.of(List.of("localhost:0")), this::open))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("port 0");
  }
}
