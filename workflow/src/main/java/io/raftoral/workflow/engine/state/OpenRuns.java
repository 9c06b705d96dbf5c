package io.raftoral.workflow.engine.state;

import io.raftoral.storage.StateStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open runs that were touched lately, out of as many as the store holds. Everything here can be read again, so a
 * million runs that sleep take no memory, and opening a state does not look at them.
 *
 * <p>A run that the present batch has changed is not in the store yet; therefore only {@link #trim()}, called between
 * batches, lets runs go. Confined to the apply thread.
 */
final class OpenRuns {
  /** About how much may stay in memory between batches, in bytes. */
  static final long MAX_BYTES = 32 << 20;

  private final KeyLayout keys;
  private final StateStore store;

  /** Least recently used first. */
  private final Map<Long, OpenRun> cached = new LinkedHashMap<>(16, 0.75f, true);

  /** What {@link OpenRun#bytes()} said of each when it was put here or written last. */
  private final Map<Long, Long> weights = new LinkedHashMap<>();

  /** Runs that the present batch has ended: the store still says that they are open. */
  private final Set<Long> ended = new HashSet<>();

  /** Children that the present batch has started. */
  private final List<OpenRun> started = new ArrayList<>();

  private long bytes;

  OpenRuns(KeyLayout keys, StateStore store) {
    this.keys = keys;
    this.store = store;
  }

  /** A run, null if it has ended or never was. */
  @Nullable OpenRun get(int slot, long run) {
    OpenRun known = cached.get(run);
    if (known != null) {
      return known.info.slot() == slot ? known : null;
    }
    if (ended.contains(run)) {
      return null;
    }
    OpenRun read = StateReader.openRun(keys, store, slot, run);
    if (read != null) {
      add(read);
    }
    return read;
  }

  /** A child that the present batch has started. */
  void child(OpenRun run) {
    started.add(run);
  }

  /** A run that the present batch has started, or that was read. */
  void add(OpenRun run) {
    cached.put(run.info.run(), run);
    weigh(run);
  }

  /** The run was written; it may have grown. */
  void weigh(OpenRun run) {
    long now = run.bytes();
    Long before = weights.put(run.info.run(), now);
    bytes += now - (before == null ? 0 : before);
  }

  /** The run has ended, in the present batch. */
  void end(long run) {
    ended.add(run);
    remove(run);
  }

  private void remove(long run) {
    cached.remove(run);
    Long weight = weights.remove(run);
    bytes -= weight == null ? 0 : weight;
  }

  /** The open runs that {@code parent} has started, as far as the present batch may have started them. */
  List<RunInfo> startedBy(long parent) {
    return started.stream().filter(run -> run.info.origin().parent() == parent).map(run -> run.info).toList();
  }

  /** The batch was written: lets the runs go that were not used for longest, down to the bound. */
  void trim() {
    ended.clear();
    started.clear();
    while (bytes > MAX_BYTES && cached.size() > 1) {
      remove(cached.keySet().iterator().next());
    }
  }

  /** The store's content was replaced. */
  void clear() {
    cached.clear();
    weights.clear();
    ended.clear();
    started.clear();
    bytes = 0;
  }

  /** How many are in memory. */
  int size() {
    return cached.size();
  }
}
