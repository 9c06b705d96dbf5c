package io.raftoral.simulation.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The last lines of a run, or all of them, and whoever wants to see them as they come. */
public final class Trace {
  /** Lines that are kept when not all are. */
  public static final int RECENT = 512;

  private final TraceLine[] ring;
  private final @Nullable List<TraceLine> all;
  private final @Nullable Consumer<TraceLine> listener;
  private long count;

  private Trace(@Nullable List<TraceLine> all, @Nullable Consumer<TraceLine> listener) {
    this.ring = new TraceLine[RECENT];
    this.all = all;
    this.listener = listener;
  }

  /** Keeps the last lines. */
  public static Trace recent() {
    return new Trace(null, null);
  }

  /** Keeps every line: for one run that is to be looked at. */
  public static Trace full() {
    return new Trace(new ArrayList<>(), null);
  }

  /** Hands every line to {@code listener} at once, and keeps the last ones. */
  public static Trace following(Consumer<TraceLine> listener) {
    return new Trace(null, listener);
  }

  /** Something happened. */
  public void add(long atNanos, TraceLine.Kind kind, int node, int peer, @Nullable Object subject) {
    TraceLine line = new TraceLine(atNanos, kind, node, peer, subject);
    ring[(int) (count++ % RECENT)] = line;
    if (all != null) {
      all.add(line);
    }
    if (listener != null) {
      listener.accept(line);
    }
  }

  /** What is kept, oldest first. */
  public List<TraceLine> lines() {
    if (all != null) {
      return List.copyOf(all);
    }
    List<TraceLine> lines = new ArrayList<>();
    for (long i = Math.max(0, count - RECENT); i < count; i++) {
      lines.add(ring[(int) (i % RECENT)]);
    }
    return lines;
  }
}
