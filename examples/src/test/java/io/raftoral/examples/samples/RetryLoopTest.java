package io.raftoral.examples.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.RunDescription.Checkpoint;
import io.raftoral.workflow.WorkflowHandle;
import io.raftoral.workflow.WorkflowType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RetryLoopTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final List<Integer> retries = new CopyOnWriteArrayList<>();

  @Test
  void callsAgainUntilThereIsAnAnswer() throws IOException {
    try (RaftoralNode node = start(answeringAfter(2))) {
      WorkflowHandle<RetryLoop.Answer> run =
          node.client().start(answeringAfter(2), "weather", new RetryLoop.Request("http://api", 2, 5, 5));

      assertThat(run.result(PATIENCE)).isEqualTo(new RetryLoop.Answer("sunny", 2));
      assertThat(retries).containsExactly(0, 1, 2);
      assertThat(run.describe().variables()).containsEntry("retry_count", "2").containsEntry("result", "\"sunny\"");
      assertThat(run.describe().journal().stream().map(Checkpoint::name))
          .contains("call-api", "retry_count", "result");
    }
  }

  @Test
  void givesUpWhenItWasToldTo() throws IOException {
    try (RaftoralNode node = start(answeringAfter(100))) {
      WorkflowHandle<RetryLoop.Answer> run =
          node.client().start(answeringAfter(100), "weather", new RetryLoop.Request("http://api", 100, 2, 1));

      assertThat(run.result(PATIENCE)).isEqualTo(new RetryLoop.Answer(null, 3));
      assertThat(retries).containsExactly(0, 1, 2);
    }
  }

  @Test
  void aRestartGoesOnInTheSameIteration() throws Exception {
    WorkflowType<RetryLoop.Request, RetryLoop.Answer> type = answeringAfter(3);
    RetryLoop.Request request = new RetryLoop.Request("http://api", 3, 5, 300);
    try (RaftoralNode node = start(type)) {
      node.client().start(type, "weather", request);
      Awaitility.await().atMost(PATIENCE).until(() -> retries.size() == 2);
      node.kill();
    }
    try (RaftoralNode node = start(type)) {
      assertThat(node.client().handle("weather", RetryLoop.Answer.class).result(PATIENCE))
          .isEqualTo(new RetryLoop.Answer("sunny", 3));
    }

    // The call during which the node died may have been made twice; none before it was.
    assertThat(retries.stream().filter(retry -> retry == 0)).hasSize(1);
    assertThat(retries).isSorted().endsWith(2, 3);
  }

  private WorkflowType<RetryLoop.Request, RetryLoop.Answer> answeringAfter(int failures) {
    return RetryLoop.type(
        (context, request, retry) -> {
          retries.add(retry);
          if (retry < failures) {
            throw new IOException("busy");
          }
          return "sunny";
        });
  }

  private RaftoralNode start(WorkflowType<?, ?> type) throws IOException {
    String address = "127.0.0.1:" + freePort();
    return Raftoral.node("n1")
        .listen(address)
        .peers("n1=" + address)
        .dataDir(directory.resolve("n1"))
        .register(type)
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
