package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Table;
import io.raftoral.examples.text.Table.Cell;
import io.raftoral.examples.text.Table.Column;
import io.raftoral.examples.text.Table.Fit;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunDescription.Checkpoint;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code workflow describe}. */
@Command(
    name = "describe",
    description = "Show a run: input, variables, checkpoints, result.",
    mixinStandardHelpOptions = true)
final class DescribeCommand implements Callable<Integer> {
  private final Screen screen;
  @Mixin private final ClientOptions client;

  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id = "";

  DescribeCommand(Screen screen, ClientOptions client) {
    this.screen = screen;
    this.client = client;
  }

  @Override
  public Integer call() {
    try (RaftoralClient cluster = client.connect()) {
      RunDescription run = cluster.describe(id);
      if (client.json()) {
        screen.line(Json.text(json(run)));
      } else {
        print(run);
      }
      return ExitCode.OK;
    }
  }

  private void print(RunDescription run) {
    Table facts = new Table(List.of(Column.text(""), new Column("", Fit.ELASTIC, false)));
    fact(facts, "workflow", run.summary().workflowId());
    fact(facts, "type", run.summary().type() + ", version " + run.summary().version());
    fact(facts, "status", RunRows.status(run.summary().status()));
    fact(facts, "started", run.summary().startedAt().toString());
    if (run.summary().endedAt() != null) {
      fact(facts, "ended", run.summary().endedAt().toString());
    }
    fact(facts, "input", run.input());
    run.variables().forEach((name, value) -> fact(facts, "  " + name, value));
    if (run.result() != null) {
      fact(facts, "result", run.result());
    }
    if (run.failureType() != null) {
      fact(facts, "failure", run.failureType() + ": " + run.failureMessage());
    }
    if (run.problem() != null) {
      fact(facts, "problem", run.problem());
    }
    facts.render(screen.width(), screen.colour()).stream().skip(1).forEach(screen::line);

    long checkpoints = run.summary().checkpoints();
    screen.line("");
    screen.line(
        checkpoints <= run.journal().size()
            ? checkpoints + " checkpoints"
            : checkpoints + " checkpoints, the newest " + run.journal().size() + " of them:");
    if (!run.journal().isEmpty()) {
      Table journal =
          new Table(
              List.of(
                  Column.number("position"),
                  Column.number("term"),
                  Column.text("kind"),
                  Column.text("name"),
                  new Column("value", Fit.ELASTIC, false)));
      for (Checkpoint checkpoint : run.journal()) {
        journal.row(
            List.of(
                Cell.of(checkpoint.position()),
                Cell.of(checkpoint.term()),
                Cell.of(checkpoint.kind()),
                Cell.of(checkpoint.name()),
                Cell.of(checkpoint.value())));
      }
      screen.table(journal);
    }
  }

  private static void fact(Table facts, String name, String value) {
    facts.row(List.of(Cell.of(name), Cell.of(value)));
  }

  private static ObjectNode json(RunDescription run) {
    ObjectNode json = RunRows.json(run.summary());
    json.set("input", Json.payload(run.input()));
    if (run.result() != null) {
      json.set("result", Json.payload(run.result()));
    }
    json.put("failureType", run.failureType()).put("failureMessage", run.failureMessage());
    json.put("problem", run.problem());
    ObjectNode variables = json.putObject("variables");
    run.variables().forEach((name, value) -> variables.set(name, Json.payload(value)));
    ArrayNode journal = json.putArray("journal");
    for (Checkpoint checkpoint : run.journal()) {
      ObjectNode item =
          journal
              .addObject()
              .put("position", checkpoint.position())
              .put("kind", checkpoint.kind())
              .put("name", checkpoint.name())
              .put("term", checkpoint.term());
      item.set("value", Json.payload(checkpoint.value()));
    }
    return json;
  }
}
