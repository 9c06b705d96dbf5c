package io.raftoral.workflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.proto.v1.ClientProto;
import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.HistoryEntry;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClientCodecTest {
  private static final RunSummary RUNNING =
      new RunSummary("order ö 1", 7, "order", 2, RunStatus.RUNNING, Instant.ofEpochMilli(1_700_000_000_123L), null, 3);
  private static final RunSummary ENDED =
      new RunSummary(
          "o2", 8, "order", 2, RunStatus.COMPLETED, Instant.ofEpochMilli(5), Instant.ofEpochMilli(6), 50_000);
  private static final NodeStatus NODE =
      new NodeStatus("n1", "127.0.0.1:7101", true, "leader", 4, "n1", true, 10, 9, 8, "abc", 2, 1);
  private static final NodeStatus LOST =
      new NodeStatus("n2", "127.0.0.1:7102", false, "", 0, null, false, 0, 0, 0, "", 0, 0);

  static Stream<Request> requests() {
    return Stream.of(
        new Request.AwaitEnd("id"),
        new Request.Describe("ünïcödé 🚀"),
        new Request.ListRuns(RunFilter.ALL),
        new Request.ListRuns(new RunFilter("order", RunStatus.FAILED, 1000, "token")),
        new Request.ListRuns(
            RunFilter.ALL
                .withStarted(Instant.ofEpochMilli(5), Instant.ofEpochMilli(7))
                .withVariables(Map.of("b", "1", "a", "\"x\""))),
        new Request.History("id", "00ff"),
        new Request.Replicas("id", Decision.NONE),
        new Request.Replicas("id", Decision.RETRY),
        new Request.Replicas("id", Decision.SKIP),
        new Request.AskCluster(),
        new Request.AskNode());
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requestsSurviveTheWire(Request request) throws Exception {
    ClientCodec.Call call = new ClientCodec.Call(request, true);
    assertThat(ClientCodec.decodeCall(ClientCodec.encode(call))).isEqualTo(call);
  }

  @Test
  void startsSurviveTheWire() throws Exception {
    byte[] input = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    byte[] bytes = ClientCodec.encode(new ClientCodec.Call(new Request.Start("order", 3, "id", input), false));
    ClientCodec.Call call = ClientCodec.decodeCall(bytes);
    assertThat(call.forwarded()).isFalse();
    assertThat(call.request())
        .isInstanceOfSatisfying(
            Request.Start.class,
            start -> {
              assertThat(start.type()).isEqualTo("order");
              assertThat(start.version()).isEqualTo(3);
              assertThat(start.workflowId()).isEqualTo("id");
              assertThat(start.inputJson()).isEqualTo(input);
            });
  }

  static Stream<Answer> answers() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("z", "1");
    variables.put("a", "\"x\"");
    RunDescription full =
        new RunDescription(
            ENDED, "{}", "7", "E", "", variables,
            List.of(new RunDescription.Checkpoint(1, "EFFECT", "charge", "\"v\"", 4)), "stuck");
    RunDescription bare = new RunDescription(RUNNING, "null", null, null, null, Map.of(), List.of(), null);
    return Stream.of(
        new Answer.Started(1L << 40),
        new Answer.Failed(RunStatus.FAILED, "java.lang.IllegalStateException", "no"),
        new Answer.StillRunning(),
        new Answer.Described(full),
        new Answer.Described(bare),
        new Answer.Listed(new RunPage(List.of(RUNNING, ENDED), "next")),
        new Answer.Told(
            new HistoryPage(List.of(new HistoryEntry("3.1.", 2, Instant.ofEpochMilli(9), "now", "n", "v", 4)), "aa")),
        new Answer.Replicas(
            List.of(
                new RunReplica("n1", RunReplica.State.ASLEEP, null),
                new RunReplica(
                    "n2",
                    RunReplica.State.BLOCKED,
                    new RunProblem(RunProblem.Kind.DIVERGED, "m", 3, "e", "a", "l", List.of("s", "t"))))),
        new Answer.Cluster(new ClusterStatus("c", List.of(NODE, LOST))),
        new Answer.Node(NODE));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answersSurviveTheWire(Answer answer) throws Exception {
    ClientCodec.Reply reply = new ClientCodec.Reply(answer, "127.0.0.1:7101");
    assertThat(ClientCodec.decodeReply(ClientCodec.encode(reply))).isEqualTo(reply);
  }

  @Test
  void variablesKeepTheirOrder() throws Exception {
    Answer answer = answers().filter(Answer.Described.class::isInstance).findFirst().orElseThrow();
    Answer back = ClientCodec.decodeReply(ClientCodec.encode(new ClientCodec.Reply(answer, ""))).answer();
    assertThat(((Answer.Described) back).description().variables().keySet()).containsExactly("z", "a");
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void everyRefusalHasACodeOfItsOwn(Refusal refusal) throws Exception {
    ClientCodec.Reply reply = new ClientCodec.Reply(new Answer.Refused(refusal, "because"), "");
    assertThat(ClientCodec.decodeReply(ClientCodec.encode(reply))).isEqualTo(reply);
    assertThat(refusal.toException("because")).hasMessage("because");
  }

  @Test
  void refusalsOfANewerVersionAreTakenForUnknownOutcomes() throws Exception {
    byte[] bytes =
        ClientProto.Answer.newBuilder()
            .setRefused(ClientProto.Refused.newBuilder().setCodeValue(4711).setMessage("?"))
            .build()
            .toByteArray();
    assertThat(ClientCodec.decodeReply(bytes).answer()).isEqualTo(new Answer.Refused(Refusal.OUTCOME_UNKNOWN, "?"));
  }

  @Test
  void whatMakesNoSenseIsRefusedByTheDecoder() {
    assertThatThrownBy(() -> ClientCodec.decodeCall(new byte[] {1, 2, 3}))
        .isInstanceOf(InvalidProtocolBufferException.class);
    assertThatThrownBy(() -> ClientCodec.decodeCall(new byte[0]))
        .isInstanceOf(InvalidProtocolBufferException.class);
    byte[] hugePage =
        ClientProto.Request.newBuilder()
            .setListRuns(ClientProto.ListRuns.newBuilder().setPageSize(-1))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> ClientCodec.decodeCall(hugePage)).hasMessageContaining("page size must be 1 to 1000");
    byte[] hugeVersion =
        ClientProto.Request.newBuilder()
            .setStart(ClientProto.Start.newBuilder().setVersion(-1))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> ClientCodec.decodeCall(hugeVersion)).hasMessageContaining("version is out of range");
  }
}
