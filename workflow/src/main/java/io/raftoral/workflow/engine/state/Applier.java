package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import io.raftoral.workflow.RunStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state machine proper: state + entry → state + what follows from it. The same entries give the same state on
 * every node; no clock, no configuration of one node and no thread has a say.
 *
 * <p>Three of the protocol's rules are kept here: {@linkplain #fence Fence}, {@linkplain #chain Chain}, and the
 * replicated half of At most once, {@linkplain #intentFree one intent a position}. A command that breaks one changes
 * nothing, and is reported.
 *
 * <p>A batch of entries is one batch in the store, with the applied index in it. Confined to the apply thread.
 */
public final class Applier {
  private final KeyLayout keys;
  private final StateStore store;

  private final OpenRuns open;

  /** Runs that the present batch has started, by id: the store does not have them yet. */
  private final Map<String, OpenRun> fresh = new HashMap<>();

  /** Runs that the present batch has removed: the store still has them. */
  private final Set<Long> forgotten = new LinkedHashSet<>();

  /** Runs that the present batch has changed. */
  private final Set<OpenRun> dirty = new LinkedHashSet<>();

  private StateStore.Batch batch;
  private Meta meta;
  private long clockMs;
  private long nextRun;
  private long openRuns;
  private long endedRuns;
  private long asleepRuns;

  /** The runs that the last batch has changed, with their revisions. */
  private Map<Long, Long> revisions = Map.of();

  /** Opens what {@code store} has of a group. */
  public Applier(KeyLayout keys, StateStore store) {
    this.keys = keys;
    this.store = store;
    open = new OpenRuns(keys, store);
    batch = store.newBatch();
    meta = Meta.EMPTY;
    load();
  }

  /** Reads everything again that is kept in memory, after the store's content was replaced. */
  public void load() {
    byte @Nullable [] stored = store.get(keys.meta());
    meta = stored == null ? Meta.EMPTY : Meta.decode(stored);
    clockMs = meta.clockMs();
    nextRun = meta.nextRun();
    openRuns = meta.openRuns();
    endedRuns = meta.endedRuns();
    asleepRuns = meta.asleepRuns();
    open.clear();
  }

  /** Which prefix of the log the state contains. */
  public SnapshotMetadata applied() {
    return meta.applied();
  }

  /** An empty state has this configuration; it is written together with the first entry. */
  public void founded(ConfState members) {
    if (meta.applied().index() != 0) {
      throw new IllegalStateException("a state at " + meta.applied() + " cannot be founded again");
    }
    meta = new Meta(new SnapshotMetadata(0, 0, members), clockMs, nextRun, openRuns, endedRuns, asleepRuns);
  }

  /** How many runs have not ended. */
  public long openRuns() {
    return openRuns;
  }

  /** How many runs have ended. */
  public long endedRuns() {
    return endedRuns;
  }

  /** The group's clock. */
  public long clockMs() {
    return clockMs;
  }

  /** How many of the open runs sleep: no node has a thread for them. */
  public long asleepRuns() {
    return asleepRuns;
  }

  /** The runs that the last batch has changed and not ended, by number, with their revisions after it. */
  public Map<Long, Long> revisions() {
    return revisions;
  }

  /**
   * Applies entries.
   *
   * @return what follows, in the order of the log
   * @throws UnknownCommandException if one is of a kind or version that this release does not know; the node must stop
   */
  public List<Applied> apply(List<Committed> entries) {
    List<Applied> events = new ArrayList<>();
    SnapshotMetadata applied = meta.applied();
    for (Committed entry : entries) {
      if (entry.index() != applied.index() + 1) {
        throw new IllegalStateException(
            "entry " + entry.index() + " was handed over to a state that has applied " + applied.index());
      }
      ConfState members = applied.confState();
      switch (entry) {
        case Committed.Commands commands -> {
          for (byte[] command : commands.commands()) {
            apply(entry.term(), CommandCodec.decode(command), events);
          }
        }
        case Committed.Configuration configuration -> members = configuration.confState();
      }
      applied = new SnapshotMetadata(entry.index(), entry.term(), members);
    }
    write(applied);
    return events;
  }

  private void apply(long entryTerm, Command command, List<Applied> events) {
    // The group's clock: stamped by leaders, monotonic whatever their clocks do.
    clockMs = Math.max(clockMs, command.timeMs());
    switch (command) {
      case Command.Start start -> events.add(start(entryTerm, start));
      case Command.Checkpoint checkpoint -> checkpoint(entryTerm, checkpoint, events);
      case Command.Intent intent -> events.add(intent(entryTerm, intent, events));
      case Command.Rest rest -> rest(entryTerm, rest, events);
      case Command.Wake wake -> wake(wake, events);
      case Command.Forget forget -> forget(forget);
    }
  }

  private Applied start(long entryTerm, Command.Start start) {
    OpenRun known = fresh.get(start.workflowId());
    RunInfo found = known != null ? known.info : StateReader.info(keys, store, start.workflowId());
    if (found != null && !forgotten.contains(found.run())) {
      return new Applied.Started(found, false, entryTerm);
    }
    int slot = KeyLayout.slot(start.workflowId());
    RunInfo info =
        new RunInfo(nextRun++, slot, start.workflowId(), start.type(), start.version(), start.input(), clockMs);
    OpenRun run = new OpenRun(info);
    open.add(run);
    openRuns++;
    fresh.put(info.workflowId(), run);
    dirty.add(run);
    batch.put(keys.id(info.workflowId()), StateReader.number(info.run()));
    batch.put(keys.open(slot, info.run()), new byte[0]);
    batch.put(keys.info(slot, info.run()), Stored.info(info));
    return new Applied.Started(info, true, entryTerm);
  }

  private void checkpoint(long entryTerm, Command.Checkpoint c, List<Applied> events) {
    OpenRun run = open.get(c.slot(), c.run());
    Applied.@Nullable Reason broken = admit(run, entryTerm, c.branch(), c.by(), c.base(), c.first());
    List<Outcome> outcomes = new ArrayList<>(c.outcomes().size());
    for (ByteString outcome : c.outcomes()) {
      outcomes.add(OutcomeCodec.decode(outcome));
    }
    if (broken == null && !wellFormed(c.branch(), outcomes)) {
      broken = Applied.Reason.MALFORMED;
    }
    if (broken != null || run == null) {
      events.add(
          new Applied.Rejected(
              c.run(), c.branch(), c.by(), c.first(), broken == null ? Applied.Reason.NOT_OPEN : broken));
      return;
    }
    touch(run, events);
    List<JournalEntry> entries = new ArrayList<>(outcomes.size());
    long position = c.first();
    BranchHead head = run.branch(c.branch());
    for (int i = 0; i < outcomes.size(); i++, position++) {
      Outcome outcome = outcomes.get(i);
      batch.put(
          keys.journal(run.info.slot(), c.run(), c.branch(), position),
          Stored.journal(c.by(), clockMs, c.outcomes().get(i)));
      head = new BranchHead(position + 1, c.by(), null, timer(run.info, c.branch(), head, position, outcome));
      if (outcome instanceof Outcome.Assigned assigned && assigned.result() instanceof Result.Value) {
        run.assigned(assigned.variable(), c.branch(), position);
      }
      entries.add(new JournalEntry(position, c.by(), clockMs, outcome, c.outcomes().get(i).size()));
    }
    run.branch(c.branch(), head);
    run.advanced(outcomes.size());
    events.add(new Applied.Advanced(run.info, c.branch(), c.by(), entries, head));
    if (outcomes.getLast() instanceof Outcome.Ended ended) {
      events.add(end(run, ended.result()));
    }
  }

  /** Something is applied to the run: that wakes it, and what was thought of it before no longer holds. */
  private void touch(OpenRun run, List<Applied> events) {
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

  /**
   * Lets a run sleep that was seen waiting, unless something was applied to it since: then its thread has something to
   * look at. A run may be told to rest again, as the node that tells it may not know yet that it does.
   */
  private void rest(long entryTerm, Command.Rest r, List<Applied> events) {
    OpenRun run = open.get(r.slot(), r.run());
    if (run == null || r.term() != entryTerm || r.revision() != run.revision()) {
      return;
    }
    RunInfo info = run.info;
    if (run.asleep()) {
      batch.delete(keys.asleep(info.slot(), run.wakeMs(), info.run()));
    } else {
      batch.delete(keys.open(info.slot(), info.run()));
      asleepRuns++;
    }
    batch.put(keys.asleep(info.slot(), r.wakeMs(), info.run()), new byte[0]);
    run.rest(r.wakeMs());
    dirty.add(run);
    events.add(new Applied.Rested(info, r.wakeMs()));
  }

  private void wake(Command.Wake w, List<Applied> events) {
    OpenRun run = open.get(w.slot(), w.run());
    if (run != null && run.asleep()) {
      touch(run, events);
    }
  }

  /** Removes runs that are over for long enough. What was removed before, or is not over for so long, is left out. */
  private void forget(Command.Forget f) {
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

  /** Keeps the index of timers: one that was set is pending until its branch goes on. */
  private long timer(RunInfo info, Branch branch, BranchHead before, long position, Outcome outcome) {
    if (before.timerDeadlineMs() != BranchHead.NO_TIMER) {
      batch.delete(keys.timer(info.slot(), before.timerDeadlineMs(), info.run(), branch, before.next() - 1));
    }
    if (outcome instanceof Outcome.TimerSet set) {
      batch.put(keys.timer(info.slot(), set.deadlineMs(), info.run(), branch, position), new byte[0]);
      return set.deadlineMs();
    }
    return BranchHead.NO_TIMER;
  }

  private Applied end(OpenRun run, Result result) {
    RunStatus status = result instanceof Result.Value ? RunStatus.COMPLETED : RunStatus.FAILED;
    run.end(status, clockMs);
    open.end(run.info.run());
    openRuns--;
    endedRuns++;
    batch.delete(keys.open(run.info.slot(), run.info.run()));
    batch.put(keys.ended(run.info.slot(), clockMs, run.info.run()), new byte[0]);
    return new Applied.Ended(run.info, status, result);
  }

  private Applied intent(long entryTerm, Command.Intent i, List<Applied> events) {
    OpenRun run = open.get(i.slot(), i.run());
    Applied.@Nullable Reason broken = admit(run, entryTerm, i.branch(), i.by(), i.base(), i.position());
    if (broken == null && run != null && !intentFree(run.branch(i.branch()))) {
      broken = Applied.Reason.INTENT_HELD;
    }
    if (broken != null || run == null) {
      return new Applied.Rejected(
          i.run(), i.branch(), i.by(), i.position(), broken == null ? Applied.Reason.NOT_OPEN : broken);
    }
    touch(run, events);
    run.branch(i.branch(), run.branch(i.branch()).withIntent(i.by()));
    return new Applied.IntentHeld(run.info, i.branch(), i.by(), i.position());
  }

  private static Applied.@Nullable Reason admit(
      @Nullable OpenRun run, long entryTerm, Branch branch, By by, long base, long position) {
    if (run == null) {
      return Applied.Reason.NOT_OPEN;
    }
    if (!fence(by, entryTerm)) {
      return Applied.Reason.FENCE;
    }
    return chain(run.branch(branch), by, base, position) ? null : Applied.Reason.CHAIN;
  }

  /**
   * Rule <b>Fence</b>: a command is accepted only in an entry of the very term in which it was computed. Looking at
   * entry terms alone would reject nothing, since they never decrease along a log; queues and re-elections put old
   * commands into new entries.
   */
  static boolean fence(By by, long entryTerm) {
    return by.term() == entryTerm;
  }

  /**
   * Rule <b>Chain</b>: a command fills the next empty position of its branch, and continues what its author knows:
   * either all before it was read from the journal, or the outcome before it is the author's own. The first write
   * wins.
   */
  static boolean chain(BranchHead head, By by, long base, long position) {
    return position == head.next() && (base == position - 1 || by.equals(head.lastBy()));
  }

  /** Rule <b>At most once</b>, replicated half: a position has one intent, and its holder never changes. */
  static boolean intentFree(BranchHead head) {
    return head.intent() == null;
  }

  /** There is something in it, and an end only at the end of the main branch. */
  private static boolean wellFormed(Branch branch, List<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return false;
    }
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Ended
          && (i != outcomes.size() - 1 || !branch.equals(Branch.MAIN))) {
        return false;
      }
    }
    return true;
  }

  private void write(SnapshotMetadata applied) {
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
    revisions = changed;
    meta = new Meta(applied, clockMs, nextRun, openRuns, endedRuns, asleepRuns);
    batch.put(keys.meta(), meta.encode());
    store.write(batch);
    dirty.clear();
    fresh.clear();
    forgotten.clear();
    open.trim();
  }

  /** Replaces whatever the store holds of the group, atomically and durably, and reads it again. */
  public void restore(StateStaging staging) {
    staging.install();
    load();
  }
}
