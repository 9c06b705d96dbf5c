package io.raftoral.examples.demo;

import io.raftoral.examples.orders.OrderFulfilment;
import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Table;
import io.raftoral.examples.text.Table.Cell;
import io.raftoral.examples.text.Table.Column;
import io.raftoral.examples.text.Table.Fit;
import io.raftoral.examples.text.Tone;
import io.raftoral.workflow.NodeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shows what happened, and what it is worth. */
final class Report {
  /** So many orders are listed unless all are asked for; those with problems come first. */
  static final int MAX_ROWS = 60;

  /** So many problems are spelled out. */
  private static final int MAX_PROBLEMS = 20;

  /** Narrower screens get half of each digest. */
  private static final int WIDTH_OF_WHOLE_DIGESTS = 106;

  private final Screen screen;
  private final Evidence evidence;
  private final Verdict verdict;

  Report(Screen screen, Evidence evidence, Verdict verdict) {
    this.screen = screen;
    this.evidence = evidence;
    this.verdict = verdict;
  }

  void print(boolean allRows) {
    orders(allRows ? Integer.MAX_VALUE : MAX_ROWS);
    screen.line("");
    effects();
    screen.line("");
    leaders();
    screen.line("");
    facts();
    problems();
    screen.line("");
    screen.line(verdict.ok() ? "demo: ok" : "demo: failed", verdict.ok() ? Tone.GOOD : Tone.BAD);
  }

  private void orders(int limit) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("order", Fit.ELASTIC, false));
    columns.add(new Column("customer", Fit.OPTIONAL, false));
    columns.add(new Column("case", Fit.ELASTIC, false));
    columns.add(Column.text("outcome"));
    columns.add(Column.text("expected"));
    OrderFulfilment.EFFECTS.forEach(effect -> columns.add(Column.number(shortName(effect))));
    Table table = new Table(columns);
    List<Verdict.Row> rows = new ArrayList<>(verdict.rows());
    // A stable sort: problems first, otherwise as in the file.
    rows.sort(Comparator.comparing(row -> row.problems().isEmpty()));
    rows.stream().limit(limit).forEach(row -> table.row(cells(row)));
    screen.table(table);
    if (rows.size() > limit) {
      List<Verdict.Row> hidden = rows.subList(limit, rows.size());
      long bad = hidden.stream().filter(row -> !row.problems().isEmpty()).count();
      screen.line(
          "… and %d more orders, %s (--all lists them)"
              .formatted(hidden.size(), bad == 0 ? "all as expected" : bad + " of them not as expected"),
          Tone.FAINT);
    }
  }

  private static List<Cell> cells(Verdict.Row row) {
    boolean good = row.problems().isEmpty();
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of(row.order().id()));
    cells.add(Cell.of(row.order().customer()));
    cells.add(Cell.of(row.order().story()));
    cells.add(new Cell(row.outcome(), good ? Tone.GOOD : Tone.BAD));
    cells.add(Cell.of(row.expectation().status().label()));
    for (String effect : OrderFulfilment.EFFECTS) {
      Verdict.Calls calls = row.calls(effect);
      boolean expected = calls.effective() == row.expectation().calls(effect);
      cells.add(new Cell(count(calls), expected ? Tone.PLAIN : Tone.BAD));
    }
    return cells;
  }

  /** Calls that counted; if more were made, both figures. */
  private static String count(Verdict.Calls calls) {
    if (calls.executions() == 0) {
      return "-";
    }
    return calls.effective() == calls.executions()
        ? String.valueOf(calls.effective())
        : calls.effective() + " of " + calls.executions();
  }

  private static String shortName(String effect) {
    return effect.substring(0, effect.indexOf('-'));
  }

  private void effects() {
    Table table =
        new Table(
            List.of(
                Column.text("side effect"),
                Column.number("calls that counted"),
                Column.number("expected"),
                Column.number("executions"),
                Column.number("repeated")));
    for (String effect : OrderFulfilment.EFFECTS) {
      Verdict.Calls calls = verdict.total(effect);
      int expected = verdict.rows().stream().mapToInt(row -> row.expectation().calls(effect)).sum();
      table.row(
          List.of(
              Cell.of(effect),
              new Cell(String.valueOf(calls.effective()), calls.effective() == expected ? Tone.GOOD : Tone.BAD),
              Cell.of(expected),
              Cell.of(calls.executions()),
              Cell.of(calls.executions() - calls.effective())));
    }
    screen.table(table);
    screen.line(
        "Repeated around the kill with the same idempotency key, and counted once.", Tone.FAINT);
  }

  private void leaders() {
    Table table =
        new Table(
            List.of(
                Column.text("leader"),
                Column.number("term"),
                Column.number("from"),
                Column.number("to"),
                Column.text("how it ended"),
                Column.number("effects run")));
    for (Reign reign : evidence.reigns()) {
      long calls =
          evidence.calls().stream()
              .filter(entry -> entry.call().node().equals(reign.node()) && entry.call().term() == reign.term())
              .count();
      table.row(
          List.of(
              Cell.of(reign.node()),
              Cell.of(reign.term()),
              Cell.of(seconds(reign.from() - evidence.startedAt())),
              Cell.of(seconds((reign.open() ? evidence.finishedAt() : reign.until()) - evidence.startedAt())),
              reign.killed() ? new Cell("killed", Tone.BAD) : Cell.of(reign.open() ? "leads still" : "deposed"),
              Cell.of(calls)));
    }
    screen.table(table);
  }

  private void facts() {
    fact(
        "failover",
        evidence.failoverNanos().map(nanos -> nanos / 1_000_000 + " ms").orElse("none")
            + " from the kill of "
            + evidence.killing().node()
            + " to the next committed checkpoint"
            + (evidence.probed() ? " (of an extra run: all orders had ended)" : ""),
        evidence.failoverNanos().isPresent());
    evidence
        .restart()
        .ifPresent(
            restart ->
                fact(
                    "restart",
                    "%s back with index %d from its disk, caught up to %d in %d ms"
                        .formatted(
                            evidence.killing().node(),
                            restart.indexOnDisk(),
                            restart.caughtUpIndex(),
                            restart.catchUpNanos() / 1_000_000),
                    true));
    fact(
        "checkpoints",
        "%d committed; %d of them before the kill, %s"
            .formatted(
                evidence.checkpoints(),
                evidence.killing().afterCheckpoints(),
                verdict.lost().isEmpty() ? "none lost" : verdict.lost().size() + " lost"),
        verdict.lost().isEmpty());
    fact(
        "passive nodes",
        verdict.stray().isEmpty() ? "ran nothing" : "ran " + verdict.stray().size() + " side effects",
        verdict.stray().isEmpty());
    for (NodeStatus status : evidence.statuses()) {
      fact(
          "state of " + status.node(),
          status.reachable()
              ? "index %d, digest %s".formatted(status.digestIndex(), digest(status.stateDigest()))
              : "did not answer",
          Verdict.converged(evidence.statuses()));
    }
  }

  private String digest(String whole) {
    return screen.width() < WIDTH_OF_WHOLE_DIGESTS && whole.length() > 32 ? whole.substring(0, 32) + "…" : whole;
  }

  private void fact(String name, String text, boolean good) {
    screen.line(String.format(Locale.ROOT, "%-14s  ", name) + (good ? text : Tone.BAD.paint(text, screen.colour())));
  }

  private void problems() {
    List<String> problems = new ArrayList<>(verdict.problems());
    for (Verdict.Row row : verdict.rows()) {
      if (!row.problems().isEmpty()) {
        problems.add("order " + row.order().id() + ": " + String.join("; ", row.problems()));
      }
    }
    if (problems.isEmpty()) {
      return;
    }
    screen.line("");
    screen.line("What went wrong:", Tone.BAD);
    screen.line(
        problems.stream().limit(MAX_PROBLEMS).map(problem -> "  - " + problem).collect(Collectors.joining("\n")));
    if (problems.size() > MAX_PROBLEMS) {
      screen.line("  … and " + (problems.size() - MAX_PROBLEMS) + " more");
    }
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
