package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.workflow.HistoryEntry;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.RaftoralClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code workflow history}. */
@Command(
    name = "history",
    description = {
      "Show the whole journal of a run, one line a checkpoint: position, time, term, kind, name, value.",
      "With --json, one JSON object a line."
    },
    mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {
  private final Screen screen;
  @Mixin private final ClientOptions client;

  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id = "";

  @Option(names = "--limit", paramLabel = "N", description = "At most so many lines (default: all).")
  private long limit = Long.MAX_VALUE;

  HistoryCommand(Screen screen, ClientOptions client) {
    this.screen = screen;
    this.client = client;
  }

  @Override
  public Integer call() {
    long left = limit;
    String token = "";
    try (RaftoralClient cluster = client.connect()) {
      do {
        HistoryPage page = cluster.history(id, token);
        for (HistoryEntry entry : page.entries()) {
          if (left-- <= 0) {
            return ExitCode.OK;
          }
          screen.line(client.json() ? Json.text(json(entry)) : entry.text());
        }
        token = page.nextPageToken();
      } while (!token.isEmpty());
    }
    if (left == limit && !client.json()) {
      screen.line("no checkpoints yet");
    }
    return ExitCode.OK;
  }

  private static ObjectNode json(HistoryEntry entry) {
    ObjectNode json =
        Json.object()
            .put("branch", entry.branch())
            .put("position", entry.position())
            .put("time", entry.time().toString())
            .put("term", entry.term())
            .put("kind", entry.kind())
            .put("name", entry.name());
    json.set("value", Json.payload(entry.value()));
    return json;
  }
}
