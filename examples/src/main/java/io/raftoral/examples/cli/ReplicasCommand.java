package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Table;
import io.raftoral.examples.text.Table.Cell;
import io.raftoral.examples.text.Table.Column;
import io.raftoral.examples.text.Tone;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code workflow replicas}, {@code retry} and {@code skip}: what each node does about a run, and can be told to do. */
abstract class ReplicasCommand implements Callable<Integer> {
  private final Screen screen;
  private final BiFunction<RaftoralClient, String, List<RunReplica>> question;
  @Mixin private final ClientOptions client;

  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id = "";

  private ReplicasCommand(
      Screen screen, ClientOptions client, BiFunction<RaftoralClient, String, List<RunReplica>> question) {
    this.screen = screen;
    this.client = client;
    this.question = question;
  }

  @Command(
      name = "replicas",
      description = {
        "Show what each node does about a run, and what keeps it from going on there.",
        "Exit code 1 if it cannot go on somewhere."
      },
      mixinStandardHelpOptions = true)
  static final class Look extends ReplicasCommand {
    Look(Screen screen, ClientOptions client) {
      super(screen, client, RaftoralClient::replicas);
    }
  }

  @Command(
      name = "retry",
      description = "Build the replicas of a run that cannot go on again from its journal.",
      mixinStandardHelpOptions = true)
  static final class Retry extends ReplicasCommand {
    Retry(Screen screen, ClientOptions client) {
      super(screen, client, RaftoralClient::retry);
    }
  }

  @Command(
      name = "skip",
      description = "Make nodes on which a run cannot go on leave it alone, until they have to run it actively.",
      mixinStandardHelpOptions = true)
  static final class Skip extends ReplicasCommand {
    Skip(Screen screen, ClientOptions client) {
      super(screen, client, RaftoralClient::skip);
    }
  }

  @Override
  public Integer call() {
    List<RunReplica> replicas;
    try (RaftoralClient cluster = client.connect()) {
      replicas = question.apply(cluster, id);
    }
    if (client.json()) {
      ObjectNode json = Json.object().put("workflow", id);
      ArrayNode array = json.putArray("replicas");
      replicas.forEach(replica -> array.add(json(replica)));
      screen.line(Json.text(json));
    } else {
      print(replicas);
    }
    return replicas.stream().anyMatch(replica -> replica.problem() != null) ? ExitCode.FAILED : ExitCode.OK;
  }

  private void print(List<RunReplica> replicas) {
    Table table = new Table(List.of(Column.text("node"), Column.text("state")));
    for (RunReplica replica : replicas) {
      table.row(List.of(Cell.of(replica.node()), new Cell(state(replica), tone(replica))));
    }
    screen.table(table);
    for (RunReplica replica : replicas) {
      RunProblem problem = replica.problem();
      if (problem != null) {
        screen.line("");
        screen.line(replica.node() + ": " + problem.message());
        problem.stack().forEach(frame -> screen.line("    at " + frame));
      }
    }
  }

  private static String state(RunReplica replica) {
    RunProblem problem = replica.problem();
    String state = replica.state().name().toLowerCase(Locale.ROOT);
    return problem == null ? state : state + ", " + problem.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Tone tone(RunReplica replica) {
    if (replica.problem() != null) {
      return Tone.BAD;
    }
    return switch (replica.state()) {
      case ACTIVE -> Tone.GOOD;
      case UNREACHABLE, BLOCKED -> Tone.BAD;
      case UNKNOWN, SHADOW, COLD, ASLEEP, ENDED -> Tone.PLAIN;
    };
  }

  private static ObjectNode json(RunReplica replica) {
    ObjectNode json = Json.object().put("node", replica.node()).put("state", replica.state().name());
    RunProblem problem = replica.problem();
    if (problem != null) {
      ObjectNode details =
          json.putObject("problem")
              .put("kind", problem.kind().name())
              .put("message", problem.message())
              .put("line", problem.line());
      if (problem.kind() == RunProblem.Kind.DIVERGED) {
        details
            .put("position", problem.position())
            .put("expected", problem.expected())
            .put("actual", problem.actual());
      }
      ArrayNode stack = details.putArray("stack");
      problem.stack().forEach(stack::add);
    }
    return json;
  }
}
