package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Table.Cell;
import io.raftoral.examples.text.Table.Column;
import io.raftoral.examples.text.Table.Fit;
import io.raftoral.examples.text.Table;
import io.raftoral.examples.text.Tone;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code workflow list}. */
@Command(name = "list", description = "List runs.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  private static final int MAX_PAGE = 1000;

  private final Screen screen;
  @Mixin private final ClientOptions client;

  @Option(names = "--type", paramLabel = "TYPE", description = "Only runs of this type.")
  private @Nullable String type;

  @Option(names = "--status", paramLabel = "STATUS", description = "Only runs that stand so: ${COMPLETION-CANDIDATES}.")
  private @Nullable RunStatus status;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only runs that were started then or later: 2026-01-31T08:00:00Z, or 10m for ten minutes ago.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only runs that were started before that; likewise.")
  private @Nullable String until;

  @Option(
      names = "--where",
      paramLabel = "VARIABLE=JSON",
      description = "Only runs whose replicated variable holds this value. May be given several times.")
  private Map<String, String> where = Map.of();

  @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: ${DEFAULT-VALUE}).")
  private int limit = 100;

  @Option(names = "--page-token", paramLabel = "TOKEN", description = "Where to go on, as the last answer said.")
  private String pageToken = "";

  ListCommand(Screen screen, ClientOptions client) {
    this.screen = screen;
    this.client = client;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new UsageException("--limit must be at least 1, but is " + limit);
    }
    List<RunSummary> runs = new ArrayList<>();
    String token = pageToken;
    try (RaftoralClient cluster = client.connect()) {
      do {
        RunPage page =
            cluster.list(
                new RunFilter(type, status, Math.min(MAX_PAGE, limit - runs.size()), token)
                    .withStarted(time("--since", since), time("--until", until))
                    .withVariables(where));
        runs.addAll(page.runs());
        token = page.nextPageToken();
      } while (!token.isEmpty() && runs.size() < limit);
    }
    if (client.json()) {
      ObjectNode json = Json.object();
      ArrayNode array = json.putArray("runs");
      runs.forEach(run -> array.add(RunRows.json(run)));
      screen.line(Json.text(json.put("nextPageToken", token)));
    } else {
      print(runs, token);
    }
    return ExitCode.OK;
  }

  private static @Nullable Instant time(String option, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException noInstant) {
      try {
        return Instant.now().minus(new Durations().convert(text));
      } catch (TypeConversionException noDuration) {
        throw new UsageException(
            option + ": \"" + text + "\" is no time; write for example 2026-01-31T08:00:00Z, or 10m for ten minutes ago");
      }
    }
  }

  private void print(List<RunSummary> runs, String token) {
    if (runs.isEmpty()) {
      screen.line("no runs");
      return;
    }
    Table table =
        new Table(
            List.of(
                new Column("workflow", Fit.ELASTIC, false),
                Column.text("type"),
                Column.number("version"),
                Column.text("status"),
                Column.number("checkpoints"),
                new Column("started", Fit.OPTIONAL, false),
                new Column("ended", Fit.OPTIONAL, false)));
    for (RunSummary run : runs) {
      Tone tone = run.status() == RunStatus.FAILED ? Tone.BAD : Tone.PLAIN;
      table.row(
          List.of(
              Cell.of(run.workflowId()),
              Cell.of(run.type()),
              Cell.of(run.version()),
              new Cell(RunRows.status(run.status()), tone),
              Cell.of(run.checkpoints()),
              Cell.of(seconds(run.startedAt())),
              Cell.of(run.endedAt() == null ? "" : seconds(run.endedAt()))));
    }
    screen.table(table);
    if (!token.isEmpty()) {
      screen.line("There are more: --limit, or --page-token " + token, Tone.FAINT);
    }
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
