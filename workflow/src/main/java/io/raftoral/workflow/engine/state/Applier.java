package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import io.raftoral.workflow.RunStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final StateWriter writer;
  private final Signals signals;
  private Meta meta;

  /** The runs that the last batch has changed, with their revisions. */
  private Map<Long, Long> revisions = Map.of();

  /** Opens what {@code store} has of a group. */
  public Applier(KeyLayout keys, StateStore store) {
    this.keys = keys;
    this.store = store;
    writer = new StateWriter(keys, store);
    signals = new Signals(writer);
    meta = Meta.EMPTY;
    load();
  }

  /** Reads everything again that is kept in memory, after the store's content was replaced. */
  public void load() {
    byte @Nullable [] stored = store.get(keys.meta());
    meta = stored == null ? Meta.EMPTY : Meta.decode(stored);
    writer.load(meta);
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
    meta = writer.meta(new SnapshotMetadata(0, 0, members));
  }

  /** How many runs have not ended. */
  public long openRuns() {
    return writer.openRuns();
  }

  /** How many runs have ended. */
  public long endedRuns() {
    return writer.endedRuns();
  }

  /** The group's clock. */
  public long clockMs() {
    return writer.clockMs();
  }

  /** How many of the open runs sleep: no node has a thread for them. */
  public long asleepRuns() {
    return writer.asleepRuns();
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
    meta = writer.meta(applied);
    revisions = writer.write(meta);
    return events;
  }

  private void apply(long entryTerm, Command command, List<Applied> events) {
    writer.clock(command.timeMs());
    switch (command) {
      case Command.Start start -> start(entryTerm, start, events);
      case Command.Checkpoint checkpoint -> checkpoint(entryTerm, checkpoint, events);
      case Command.Intent intent -> events.add(intent(entryTerm, intent, events));
      case Command.Rest rest -> rest(entryTerm, rest, events);
      case Command.Wake wake -> wake(wake, events);
      case Command.Forget forget -> writer.forget(forget);
      case Command.Signal signal -> signals.signal(signal, events);
      case Command.Cancel cancel -> signals.cancel(entryTerm, cancel, events);
      case Command.Expire expire -> signals.expire(entryTerm, expire, events);
    }
  }

  private void start(long entryTerm, Command.Start start, List<Applied> events) {
    RunInfo found = writer.newest(start.workflowId());
    if (found != null) {
      events.add(new Applied.Started(found, false, entryTerm));
      return;
    }
    RunInfo.Origin origin = RunInfo.Origin.CLIENT.withDeadlineMs(writer.deadlineMs(start.timeoutMs()));
    writer.begin(start.workflowId(), start.type(), start.version(), start.input(), origin, events, entryTerm);
  }

  private void checkpoint(long entryTerm, Command.Checkpoint c, List<Applied> events) {
    OpenRun run = writer.open(c.slot(), c.run());
    Applied.@Nullable Reason broken = admit(run, entryTerm, c.branch(), c.by(), c.base(), c.first());
    List<Outcome> outcomes = new ArrayList<>(c.outcomes().size());
    for (ByteString outcome : c.outcomes()) {
      outcomes.add(OutcomeCodec.decode(outcome));
    }
    if (broken == null && run != null) {
      broken = inspect(run, c.branch(), outcomes);
    }
    if (broken != null || run == null) {
      events.add(
          new Applied.Rejected(
              c.run(), c.branch(), c.by(), c.first(), broken == null ? Applied.Reason.NOT_OPEN : broken));
      return;
    }
    writer.touch(run, events);
    List<JournalEntry> entries = new ArrayList<>(outcomes.size());
    long position = c.first();
    BranchHead head = run.branch(c.branch());
    for (int i = 0; i < outcomes.size(); i++, position++) {
      Outcome outcome = outcomes.get(i);
      writer.batch.put(
          keys.journal(run.info.slot(), c.run(), c.branch(), position),
          Stored.journal(c.by(), writer.clockMs(), c.outcomes().get(i)));
      head = new BranchHead(position + 1, c.by(), null, timer(run.info, c.branch(), head, position, outcome));
      entries.add(new JournalEntry(position, c.by(), writer.clockMs(), outcome, c.outcomes().get(i).size()));
    }
    run.branch(c.branch(), head);
    run.advanced(outcomes.size());
    events.add(new Applied.Advanced(run.info, c.branch(), c.by(), entries, head));
    position = c.first();
    for (Outcome outcome : outcomes) {
      consequences(entryTerm, run, c, position++, outcome, events);
    }
  }

  /** What an accepted outcome changes beside the journal. */
  private void consequences(
      long entryTerm, OpenRun run, Command.Checkpoint c, long position, Outcome outcome, List<Applied> events) {
    switch (outcome) {
      case Outcome.Assigned assigned -> {
        if (assigned.result() instanceof Result.Value) {
          run.assigned(assigned.variable(), c.branch(), position);
        }
      }
      case Outcome.Received received -> signals.received(run, received.entry().sequence());
      case Outcome.Answered answered -> signals.answered(run, answered, events);
      case Outcome.Forked forked -> {
        for (int child = 0; child < forked.children(); child++) {
          // Its first outcome continues what its forker knows.
          run.branch(c.branch().child(position, child), new BranchHead(1, c.by(), null, BranchHead.NO_TIMER));
        }
      }
      case Outcome.ChildStarted child -> startChild(entryTerm, run, child.start(), events);
      case Outcome.Ended ended -> end(entryTerm, run, ended, events);
      case Outcome.EffectDone e -> {}
      case Outcome.Computed e -> {}
      case Outcome.TimerSet e -> {}
      case Outcome.TimerFired e -> {}
      case Outcome.TimeRead e -> {}
      case Outcome.UuidDrawn e -> {}
      case Outcome.LimitReached e -> {}
      case Outcome.NothingReceived e -> {}
      case Outcome.Cancelled e -> {}
      case Outcome.Joined e -> {}
      case Outcome.BranchEnded e -> {}
      case Outcome.ChildEnded e -> {}
      case Outcome.VersionMarked e -> {}
    }
  }

  /** A child begins together with the checkpoint that says so; if its id is in use, the parent will find that. */
  private void startChild(long entryTerm, OpenRun parent, ChildStart child, List<Applied> events) {
    if (writer.newest(child.workflowId()) == null) {
      RunInfo.Origin origin =
          new RunInfo.Origin(
              writer.deadlineMs(child.timeoutMs()),
              parent.info.run(),
              parent.info.slot(),
              child.onParentClose(),
              RunInfo.Origin.NOBODY);
      writer.begin(child.workflowId(), child.type(), child.version(), child.input(), origin, events, entryTerm);
    }
  }

  private void end(long entryTerm, OpenRun run, Outcome.Ended ended, List<Applied> events) {
    RunInfo info = run.info;
    writer.end(run, ended.status(), ended.result(), events);
    if (ended.status() == RunStatus.CONTINUED_AS_NEW && ended.result() instanceof Result.Value input) {
      RunInfo.Origin origin = info.origin().withPrevious(info.run());
      OpenRun next =
          writer.begin(info.workflowId(), info.type(), info.version(), input.json(), origin, events, entryTerm);
      signals.carryOver(run, next);
    }
    signals.closeChildren(entryTerm, info, events);
  }

  /**
   * Lets a run sleep that was seen waiting, unless something was applied to it since: then its thread has something to
   * look at. A run may be told to rest again, as the node that tells it may not know yet that it does.
   */
  private void rest(long entryTerm, Command.Rest r, List<Applied> events) {
    OpenRun run = writer.open(r.slot(), r.run());
    if (run == null || r.term() != entryTerm || r.revision() != run.revision()) {
      return;
    }
    writer.rest(run, r.wakeMs(), events);
  }

  private void wake(Command.Wake w, List<Applied> events) {
    OpenRun run = writer.open(w.slot(), w.run());
    if (run != null && run.asleep()) {
      writer.touch(run, events);
    }
  }

  /** Keeps the index of timers: one that was set is pending until its branch goes on. */
  private long timer(RunInfo info, Branch branch, BranchHead before, long position, Outcome outcome) {
    if (before.timerDeadlineMs() != BranchHead.NO_TIMER) {
      writer.batch.delete(keys.timer(info.slot(), before.timerDeadlineMs(), info.run(), branch, before.next() - 1));
    }
    if (outcome instanceof Outcome.TimerSet set) {
      writer.batch.put(keys.timer(info.slot(), set.deadlineMs(), info.run(), branch, position), new byte[0]);
      return set.deadlineMs();
    }
    return BranchHead.NO_TIMER;
  }

  private Applied intent(long entryTerm, Command.Intent i, List<Applied> events) {
    OpenRun run = writer.open(i.slot(), i.run());
    Applied.@Nullable Reason broken = admit(run, entryTerm, i.branch(), i.by(), i.base(), i.position());
    if (broken == null && run != null && !intentFree(run.branch(i.branch()))) {
      broken = Applied.Reason.INTENT_HELD;
    }
    if (broken != null || run == null) {
      return new Applied.Rejected(
          i.run(), i.branch(), i.by(), i.position(), broken == null ? Applied.Reason.NOT_OPEN : broken);
    }
    writer.touch(run, events);
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
    if (!run.knows(branch)) {
      return Applied.Reason.CHAIN;
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

  /** There is something in it, an end only at the end, and no signal is received that does not wait. */
  private Applied.@Nullable Reason inspect(OpenRun run, Branch branch, List<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return Applied.Reason.MALFORMED;
    }
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome outcome = outcomes.get(i);
      boolean last = i == outcomes.size() - 1;
      boolean main = branch.equals(Branch.MAIN);
      if (outcome instanceof Outcome.Ended && !(last && main)
          || outcome instanceof Outcome.BranchEnded && (!last || main)) {
        return Applied.Reason.MALFORMED;
      }
      if (outcome instanceof Outcome.Received received && !signals.waits(run, received.entry().sequence())) {
        return Applied.Reason.NO_SIGNAL;
      }
    }
    return null;
  }

  /** Replaces whatever the store holds of the group, atomically and durably, and reads it again. */
  public void restore(StateStaging staging) {
    staging.install();
    load();
  }
}
