package io.raftoral.simulation.cli;

import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.run.RunResult;
import io.raftoral.simulation.workflow.StrandThreads;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Says how far a long run is, at most once a second, and how it ended. */
final class Progress {
  private static final long EVERY_NANOS = 1_000_000_000L;
  private static final double NANOS_PER_HOUR = 3_600e9;

  private final PrintStream out;
  private final long total;
  private final long startNanos = System.nanoTime();
  private long saidNanos = startNanos;

  Progress(PrintStream out, long total) {
    this.out = out;
    this.total = total;
  }

  /** Says it if it is time. */
  void tick(RunResult.Counts counts) {
    long now = System.nanoTime();
    if (now - saidNanos >= EVERY_NANOS) {
      saidNanos = now;
      out.println(line(counts));
    }
  }

  private double seconds() {
    return Math.max(1e-9, (System.nanoTime() - startNanos) / 1e9);
  }

  String line(RunResult.Counts c) {
    return String.format(
        Locale.ROOT,
        "%d/%d seeds  %.0f s  %.0fk events/s  %.1f simulated h  %d faults  %d elections  %d operations"
            + "  %d workflows  %d failovers mid-step",
        c.runs(), total, seconds(), c.events() / seconds() / 1000, c.simulatedNanos() / NANOS_PER_HOUR, c.faults(),
        c.elections(), c.operations(), c.workflows(), c.cutEffects());
  }

  /** The table of {@code --stats}. */
  String stats(RunResult.Counts c, Marks marks) {
    StringBuilder text = new StringBuilder();
    double simulatedHours = c.simulatedNanos() / NANOS_PER_HOUR;
    row(text, "seeds", c.runs());
    row(text, "events", c.events());
    row(text, "events/s", Math.round(c.events() / seconds()));
    row(text, "seeds/s", String.format(Locale.ROOT, "%.1f", c.runs() / seconds()));
    row(text, "simulated hours", String.format(Locale.ROOT, "%.2f", simulatedHours));
    row(text, "simulated hours per hour", Math.round(c.simulatedNanos() / 1e9 / seconds()));
    row(text, "faults", c.faults());
    row(text, "elections", c.elections());
    row(text, "messages", c.messages());
    row(text, "disk operations", c.diskOperations());
    row(text, "entries committed", c.committed());
    row(text, "operations answered", c.operations());
    row(text, "operations unanswered", c.unanswered());
    row(text, "histories undecided", c.undecided());
    row(text, "workflows finished", c.workflows());
    row(text, "workflow checkpoints", c.checkpoints());
    row(text, "effects begun", c.effects());
    row(text, "failovers mid-step (effects cut short)", c.cutEffects());
    row(text, "workflow threads", StrandThreads.Kind.best());
    row(text, "heap after collection, MB", heapAfterCollectionMb());
    text.append("marks:\n");
    for (Mark mark : Mark.values()) {
      row(text, "  " + mark, marks.count(mark));
    }
    return text.toString();
  }

  /** What the runs have left behind; the same after ten seeds and after ten thousand. */
  private static long heapAfterCollectionMb() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }

  private static void row(StringBuilder text, String name, Object value) {
    text.append(String.format(Locale.ROOT, "%-40s %14s%n", name, value));
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
