package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.workflow.RaftoralClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code workflow start}. */
@Command(
    name = "start",
    description = "Start a workflow, or find it: the same id means the same run.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  private final Screen screen;
  @Mixin private final ClientOptions client;

  @Parameters(index = "0", paramLabel = "TYPE", description = "The type's name, for example order-fulfilment.")
  private String type = "";

  @Parameters(index = "1", paramLabel = "ID", description = "The run's id: any text of your own.")
  private String id = "";

  @Option(names = "--input", required = true, paramLabel = "JSON", description = "The workflow's input.")
  private String input = "";

  StartCommand(Screen screen, ClientOptions client) {
    this.screen = screen;
    this.client = client;
  }

  @Override
  public Integer call() {
    Json.check("--input", input);
    try (RaftoralClient cluster = client.connect()) {
      String started = cluster.start(type, id, input).id();
      if (client.json()) {
        screen.line(Json.text(Json.object().put("workflow", started).put("type", type).put("started", true)));
      } else {
        screen.line(started + " is started");
      }
      return ExitCode.OK;
    }
  }
}
