package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Tone;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.log.LogReport;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.node.DataInspection;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect}. */
@Command(
    name = "inspect",
    description = {
      "Show what a node's data directory holds, and verify every checksum in it.",
      "Changes nothing. The node may be running: its state is then shown as it last made it durable."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Exit codes: 0 whole, 1 damaged or unreadable, 2 not a node's directory or of a newer format."})
public final class InspectCommand implements Callable<Integer> {
  private final Screen screen;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The data directory of a node, as given to 'raftoral node --data'.")
  private @Nullable Path data;

  @Option(names = "--no-verify", description = "Do not read all of it; only what is shown is checked.")
  private boolean noVerify;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** Prints to {@code screen}. */
  public InspectCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    Path directory = data == null ? Path.of("") : data;
    try {
      DataInspection found = DataInspection.of(directory, !noVerify, this::progress);
      if (json) {
        screen.line(Json.text(json(directory, found)));
      } else {
        print(directory, found);
      }
      return ExitCode.OK;
    } catch (StorageException e) {
      return failed(directory, e);
    }
  }

  private int failed(Path directory, StorageException e) {
    boolean usage =
        switch (e.kind()) {
          case FOREIGN, NEWER_FORMAT, LOCKED -> true;
          case DAMAGED, IO, READ_ONLY, FULL, CLOSED -> false;
        };
    String message = String.valueOf(e.getMessage());
    if (usage) {
      throw new UsageException(message);
    }
    if (json) {
      screen.line(
          Json.text(
              Json.object()
                  .put("directory", directory.toString())
                  .put("whole", false)
                  .put("kind", e.kind().name())
                  .put("message", message)));
    }
    screen.err().println("raftoral: " + message);
    screen.err().flush();
    return ExitCode.FAILED;
  }

  private void progress(String what, long done) {
    if (!json) {
      screen.line("verified  " + what + " " + done, Tone.FAINT);
    }
  }

  private void print(Path directory, DataInspection found) {
    screen.line("directory  " + directory.toAbsolutePath());
    screen.line("cluster    " + found.identity().cluster());
    screen.line("node       " + found.identity().node() + ", number " + found.identity().nodeId());
    screen.line("founded    " + found.identity().initialMembers());
    for (DataInspection.GroupData group : found.groups()) {
      LogReport log = group.log();
      HardState hard = log.hardState();
      SnapshotMetadata applied = group.applied();
      screen.line("");
      screen.line("group " + log.group());
      screen.line(
          "  term       " + hard.term() + ", " + (hard.vote() == 0 ? "no vote" : "voted for number " + hard.vote())
              + ", committed at least " + hard.commit());
      screen.line(
          log.lastIndex() < log.firstIndex()
              ? "  log        empty, goes on at " + log.firstIndex()
              : "  log        " + log.firstIndex() + " to " + log.lastIndex() + ", last of term " + log.lastTerm()
                  + ", " + log.bytes() + " bytes");
      screen.line(
          "  snapshot   "
              + (log.snapshot().index() == 0
                  ? "none was received"
                  : "received at " + log.snapshot().index() + " of term " + log.snapshot().term()));
      screen.line(
          "  applied    " + applied.index() + " of term " + applied.term() + ", durably; voters "
              + applied.confState().voters());
      screen.line("  runs       " + runs(group.runs()));
    }
    if (!noVerify) {
      screen.line("");
      screen.line("Everything is what was written.", Tone.GOOD);
    }
  }

  private static String runs(Map<RunStatus, Long> runs) {
    StringBuilder text = new StringBuilder();
    for (RunStatus status : RunStatus.values()) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(runs.getOrDefault(status, 0L))
          .append(' ')
          .append(status.name().toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  private ObjectNode json(Path directory, DataInspection found) {
    ObjectNode all =
        Json.object()
            .put("directory", directory.toAbsolutePath().toString())
            .put("whole", true)
            .put("verified", !noVerify)
            .put("cluster", found.identity().cluster())
            .put("node", found.identity().node())
            .put("nodeId", found.identity().nodeId());
    ObjectNode members = all.putObject("founded");
    found.identity().initialMembers().forEach((name, id) -> members.put(name, id.longValue()));
    for (DataInspection.GroupData group : found.groups()) {
      LogReport log = group.log();
      ObjectNode one =
          all.withArray("groups")
              .addObject()
              .put("group", log.group())
              .put("term", log.hardState().term())
              .put("vote", log.hardState().vote())
              .put("commit", log.hardState().commit())
              .put("firstIndex", log.firstIndex())
              .put("lastIndex", log.lastIndex())
              .put("lastTerm", log.lastTerm())
              .put("logBytes", log.bytes())
              .put("snapshotIndex", log.snapshot().index())
              .put("appliedIndex", group.applied().index())
              .put("appliedTerm", group.applied().term());
      ObjectNode runs = one.putObject("runs");
      for (RunStatus status : RunStatus.values()) {
        runs.put(status.name(), group.runs().getOrDefault(status, 0L).longValue());
      }
    }
    return all;
  }
}
