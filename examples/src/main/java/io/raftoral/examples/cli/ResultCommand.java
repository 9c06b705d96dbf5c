package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RunStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code workflow result}. */
@Command(
    name = "result",
    description = "Wait for the end of a run, and print its result. Exit code 1 if the run failed.",
    mixinStandardHelpOptions = true)
final class ResultCommand implements Callable<Integer> {
  private final Screen screen;
  @Mixin private final ClientOptions client;

  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id = "";

  ResultCommand(Screen screen, ClientOptions client) {
    this.screen = screen;
    this.client = client;
  }

  @Override
  public Integer call() {
    try (RaftoralClient cluster = client.connect()) {
      String result = cluster.handle(id).result(client.timeout());
      if (client.json()) {
        screen.line(
            Json.text(
                Json.object()
                    .put("workflow", id)
                    .put("status", RunStatus.COMPLETED.name())
                    .set("result", Json.payload(result))));
      } else {
        screen.line(result);
      }
      return ExitCode.OK;
    }
  }
}
