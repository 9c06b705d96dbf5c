package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Table;
import io.raftoral.examples.text.Table.Cell;
import io.raftoral.examples.text.Table.Column;
import io.raftoral.examples.text.Table.Fit;
import io.raftoral.examples.text.Tone;
import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RaftoralClient;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code cluster status}. */
@Command(
    name = "status",
    description = {
      "Show every node: role, term, log indexes, and a digest of its replicated state.",
      "Digests are equal on all nodes at equal indexes."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private static final int DIGEST_CHARACTERS = 16;

  private final Screen screen;
  @Mixin private final ClientOptions client;

  StatusCommand(Screen screen, ClientOptions client) {
    this.screen = screen;
    this.client = client;
  }

  @Override
  public Integer call() {
    try (RaftoralClient cluster = client.connect()) {
      ClusterStatus status = cluster.clusterStatus();
      if (client.json()) {
        screen.line(Json.text(json(status)));
      } else {
        print(status);
      }
      return ExitCode.OK;
    }
  }

  /** The leader of the newest term: an old one may not know yet that it was deposed. */
  static Optional<NodeStatus> leader(ClusterStatus status) {
    return status.nodes().stream()
        .filter(node -> node.reachable() && node.role().equals("leader"))
        .max(Comparator.comparingLong(NodeStatus::term));
  }

  private static ObjectNode json(ClusterStatus status) {
    ObjectNode json = Json.object().put("cluster", status.cluster());
    json.put("leader", leader(status).map(NodeStatus::node).orElse(null));
    json.put("term", status.nodes().stream().mapToLong(NodeStatus::term).max().orElse(0));
    ArrayNode nodes = json.putArray("nodes");
    for (NodeStatus node : status.nodes()) {
      nodes
          .addObject()
          .put("node", node.node())
          .put("address", node.address())
          .put("reachable", node.reachable())
          .put("role", node.role())
          .put("term", node.term())
          .put("leader", node.leader())
          .put("active", node.active())
          .put("commitIndex", node.commitIndex())
          .put("appliedIndex", node.appliedIndex())
          .put("digestIndex", node.digestIndex())
          .put("stateDigest", node.stateDigest())
          .put("openRuns", node.openRuns())
          .put("endedRuns", node.endedRuns());
    }
    return json;
  }

  private void print(ClusterStatus status) {
    Table table =
        new Table(
            List.of(
                Column.text("node"),
                new Column("address", Fit.OPTIONAL, false),
                Column.text("role"),
                Column.number("term"),
                Column.number("commit"),
                Column.number("applied"),
                Column.text("state digest"),
                new Column("open", Fit.OPTIONAL, true),
                new Column("ended", Fit.OPTIONAL, true)));
    for (NodeStatus node : status.nodes()) {
      if (!node.reachable()) {
        Cell none = new Cell("-", Tone.FAINT);
        table.row(
            List.of(
                Cell.of(node.node()),
                Cell.of(node.address()),
                new Cell("unreachable", Tone.BAD),
                none,
                none,
                none,
                none,
                none,
                none));
        continue;
      }
      String digest = node.stateDigest();
      String shortDigest = digest.substring(0, Math.min(DIGEST_CHARACTERS, digest.length()));
      table.row(
          List.of(
              Cell.of(node.node()),
              Cell.of(node.address()),
              new Cell(node.role(), node.role().equals("leader") ? Tone.GOOD : Tone.PLAIN),
              Cell.of(node.term()),
              Cell.of(node.commitIndex()),
              Cell.of(node.appliedIndex()),
              Cell.of(shortDigest + " at " + node.digestIndex()),
              Cell.of(node.openRuns()),
              Cell.of(node.endedRuns())));
    }
    screen.table(table);
    if (leader(status).isEmpty()) {
      screen.line("No node leads at present.", Tone.BAD);
    }
  }
}
