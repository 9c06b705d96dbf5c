package io.raftoral.workflow.engine.state;

import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import io.raftoral.workflow.RunStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state that one batch of entries changes: what the store holds, and on top of it what the batch has done so far.
 * Runs begin, wake and end here. Confined to the apply thread.
 */
final class StateWriter {
  final KeyLayout keys;
  final StateStore store;
  final OpenRuns open;
  final StateStore.Batch batch;

  /** The newest run of each id that the present batch has started: the store does not have them yet. */
  private final Map<String, OpenRun> fresh = new HashMap<>();

  /** Requests that the present batch has applied, by the run and their id: runs that it has ended are among them. */
  private final Set<String> requests = new HashSet<>();

  /** Runs that the present batch has removed: the store still has them. */
  private final Set<Long> forgotten = new LinkedHashSet<>();

  /** Runs that the present batch has changed. */
  private final Set<OpenRun> dirty = new LinkedHashSet<>();

  private long clockMs;
  private long nextRun;
  private long openRuns;
  private long endedRuns;
  private long asleepRuns;

  StateWriter(KeyLayout keys, StateStore store) {
    this.keys = keys;
    this.store = store;
    open = new OpenRuns(keys, store);
    batch = store.newBatch();
  }

  void load(Meta meta) {
    clockMs = meta.clockMs();
    nextRun = meta.nextRun();
    openRuns = meta.openRuns();
    endedRuns = meta.endedRuns();
    asleepRuns = meta.asleepRuns();
    open.clear();
  }

  Meta meta(SnapshotMetadata applied) {
    return new Meta(applied, clockMs, nextRun, openRuns, endedRuns, asleepRuns);
  }

  long openRuns() {
    return openRuns;
  }

  long endedRuns() {
    return endedRuns;
  }

  long asleepRuns() {
    return asleepRuns;
  }

  long clockMs() {
    return clockMs;
  }

  /** The group's clock: stamped by leaders, monotonic whatever their clocks do. */
  void clock(long timeMs) {
    clockMs = Math.max(clockMs, timeMs);
  }

  // ------------------------------------------------------------------------------------------------ runs

  /** The newest run of an id, null if there is none. */
  @Nullable RunInfo newest(String workflowId) {
    OpenRun known = fresh.get(workflowId);
    if (known != null) {
      return known.info;
    }
    RunInfo stored = StateReader.info(keys, store, workflowId);
    return stored == null || forgotten.contains(stored.run()) ? null : stored;
  }

  /** A run that has not ended, null if it has or never was. */
  @Nullable OpenRun open(int slot, long run) {
    return open.get(slot, run);
  }

  /** Begins a run; the id means this one from now on. */
  OpenRun begin(
      String workflowId, String type, int version, byte[] input, RunInfo.Origin origin, List<Applied> events,
      long entryTerm) {
    int slot = KeyLayout.slot(workflowId);
    RunInfo info = new RunInfo(nextRun++, slot, workflowId, type, version, input, clockMs, origin);
    OpenRun run = new OpenRun(info);
    open.add(run);
    openRuns++;
    fresh.put(workflowId, run);
    dirty.add(run);
    batch.put(keys.id(workflowId), StateReader.number(info.run()));
    batch.put(keys.open(slot, info.run()), new byte[0]);
    batch.put(keys.info(slot, info.run()), Stored.info(info));
    if (origin.parent() != RunInfo.Origin.NOBODY) {
      open.child(run);
      batch.put(keys.child(origin.parentSlot(), origin.parent(), info), new byte[0]);
    }
    events.add(new Applied.Started(info, true, entryTerm));
    return run;
  }

  /** A deadline so many milliseconds from now. */
  long deadlineMs(long timeoutMs) {
    return timeoutMs > RunInfo.Origin.NO_DEADLINE - clockMs ? RunInfo.Origin.NO_DEADLINE : clockMs + timeoutMs;
  }

  /** A request was applied to a run. */
  void request(RunInfo info, String requestId) {
    requests.add(requestKey(info.run(), requestId));
    batch.put(keys.request(info.slot(), info.run(), requestId), Stored.request(null));
  }

  /** Whether a request was applied to a run, or to the one that it continues. */
  boolean knows(RunInfo info, String requestId) {
    long previous = info.origin().previous();
    return knows(info.slot(), info.run(), requestId)
        || previous != RunInfo.Origin.NOBODY && knows(info.slot(), previous, requestId);
  }

  private boolean knows(int slot, long run, String requestId) {
    return requests.contains(requestKey(run, requestId)) || store.get(keys.request(slot, run, requestId)) != null;
  }

  private static String requestKey(long run, String requestId) {
    return run + "/" + requestId;
  }

  /** Something is applied to the run: that wakes it, and what was thought of it before no longer holds. */
  void touch(OpenRun run, List<Applied> events) {
    run.touched();
    dirty.add(run);
    if (run.asleep()) {
      RunInfo info = run.info;
      batch.delete(keys.asleep(info.slot(), run.wakeMs(), info.run()));
      batch.put(keys.open(info.slot(), info.run()), new byte[0]);
      run.wake();
      asleepRuns--;
      events.add(new Applied.Woken(info, run.head()));
    }
  }

  /** The run sleeps from now on. */
  void rest(OpenRun run, long wakeMs, List<Applied> events) {
    RunInfo info = run.info;
    if (run.asleep()) {
      batch.delete(keys.asleep(info.slot(), run.wakeMs(), info.run()));
    } else {
      batch.delete(keys.open(info.slot(), info.run()));
      asleepRuns++;
    }
    batch.put(keys.asleep(info.slot(), wakeMs, info.run()), new byte[0]);
    run.rest(wakeMs);
    dirty.add(run);
    events.add(new Applied.Rested(info, wakeMs));
  }

  /** The run, which was touched, is over. */
  void end(OpenRun run, RunStatus status, Result result, List<Applied> events) {
    RunInfo info = run.info;
    run.end(status, clockMs);
    open.end(info.run());
    openRuns--;
    endedRuns++;
    batch.delete(keys.open(info.slot(), info.run()));
    batch.put(keys.ended(info.slot(), clockMs, info.run()), new byte[0]);
    RunInfo.Origin origin = info.origin();
    events.add(new Applied.Ended(info, status, result));
    if (origin.parent() != RunInfo.Origin.NOBODY) {
      batch.delete(keys.child(origin.parentSlot(), origin.parent(), info));
      OpenRun parent = open(origin.parentSlot(), origin.parent());
      if (parent != null) {
        touch(parent, events);
        events.add(new Applied.Changed(parent.info, parent.asks().cancelReason()));
      }
    }
  }

  /** Removes runs that are over for long enough. What was removed before, or is not over for so long, is left out. */
  void forget(Command.Forget f) {
    for (Command.Ref ref : f.runs()) {
      RunHead head = StateReader.headOrNull(keys, store, ref.slot(), ref.run());
      if (head == null || !head.status().ended() || head.endedMs() >= f.endedBeforeMs() || !forgotten.add(ref.run())) {
        continue;
      }
      String id = StateReader.info(keys, store, ref.slot(), ref.run()).workflowId();
      RunInfo present = StateReader.info(keys, store, id);
      if (present != null && present.run() == ref.run()) {
        batch.delete(keys.id(id));
      }
      batch.delete(keys.ended(ref.slot(), head.endedMs(), ref.run()));
      batch.deleteRange(keys.runsFrom(ref.slot(), ref.run()), keys.runsFrom(ref.slot(), ref.run() + 1));
      endedRuns--;
    }
  }

  // ----------------------------------------------------------------------------------------------- write

  /**
   * Writes the batch.
   *
   * @return the runs that it has changed and not ended, with their revisions
   */
  Map<Long, Long> write(Meta meta) {
    Map<Long, Long> changed = new LinkedHashMap<>();
    for (OpenRun run : dirty) {
      RunInfo info = run.info;
      batch.put(keys.head(info.slot(), info.run()), run.head().encode());
      run.dirtyVariables()
          .forEach(
              (name, last) ->
                  batch.put(
                      keys.variable(info.slot(), info.run(), name),
                      Stored.variable(last.branch(), run.firstAssigned(name), last.position())));
      run.dirtyBranches()
          .forEach(
              (branch, head) ->
                  batch.put(keys.branch(info.slot(), info.run(), branch), Stored.branchHead(branch, head)));
      run.cleaned();
      if (!run.ended()) {
        changed.put(info.run(), run.revision());
        open.weigh(run);
      }
    }
    batch.put(keys.meta(), meta.encode());
    store.write(batch);
    dirty.clear();
    fresh.clear();
    requests.clear();
    forgotten.clear();
    open.trim();
    return changed;
  }
}
