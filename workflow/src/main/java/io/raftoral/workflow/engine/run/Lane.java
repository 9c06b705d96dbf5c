package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.BranchHead;
import io.raftoral.workflow.engine.state.JournalEntry;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.OutcomeCodec;
import io.raftoral.workflow.engine.state.RunHead;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One branch of an incarnation: a thread with a cursor into the branch's journal, and what it may do at its end.
 *
 * <p>It takes outcomes from the journal. Where that ends it waits, until there is more or until this node is active. In
 * that moment it is <em>engaged</em>: its base is fixed, and it reads nothing more from the journal; what it finds
 * there from now on confirms it or ends the incarnation.
 *
 * <p>Methods in the first half run on the branch's thread. Those in the second half, and all fields but the cursor's,
 * need the run's lock.
 */
final class Lane {
  /** How many entries are read from the store at a time. */
  static final int READ_AHEAD = 256;

  /** How long a timer may sleep before it looks at the clock again, which may have jumped. */
  static final long MAX_TIMER_CHECK_MS = 60_000;

  /** Says that no version was marked. */
  static final int NO_VERSION = -1;

  /** Says that the thread does not wait for a time. */
  static final long NOT_IDLE = -1;

  /** The branch whose thread is running. */
  private static final ScopedValue<Lane> CURRENT = ScopedValue.newInstance();

  private final Incarnation life;
  private final RunHost host;
  private final RunServices services;
  private final Branch branch;
  private final @Nullable Lane parent;
  private final BranchView view;

  /** The base while nothing was read: that of a branch which this very incarnation has forked is not in the journal. */
  private final long emptyBase;

  private final EffectSlot effects;
  private final BranchState state;

  // Confined to the branch's thread.
  private final ArrayDeque<JournalEntry> ahead = new ArrayDeque<>();
  private long cursor;

  /** When the thread last came out of the engine, on the monotonic clock. Written by itself, read by the watchdog. */
  private volatile long movedNanos;

  // Guarded by the run's lock.
  private EngineRuntime.@Nullable Strand strand;
  private boolean parked;
  private boolean over;
  private long idleUntilMs = NOT_IDLE;
  private long idleSinceNanos;
  private @Nullable Outbox outbox;
  private long produced;
  private long confirmed;
  private long oldestUnconfirmed = CommitOrder.NONE;

  /** Where a thread stands that wants to do something. */
  private enum Standing {
    /** The journal has this position, and it is in {@link #ahead}. */
    RECORDED,
    /** The journal lacks this position, and this node is active. */
    ACTIVE,
    /** The journal lacks this position, and this node is passive. */
    PASSIVE
  }

  Lane(
      Incarnation life,
      RunHost host,
      RunServices services,
      Branch branch,
      @Nullable Lane parent,
      long emptyBase) {
    this.life = life;
    this.host = host;
    this.services = services;
    this.branch = branch;
    this.parent = parent;
    this.emptyBase = emptyBase;
    view = host.view(branch);
    effects = new EffectSlot(host, services, this);
    state =
        parent == null
            ? new BranchState(host, null, host.info().startedMs())
            : new BranchState(host, parent.state, parent.state.latestMs);
  }

  // -------------------------------------------------------------------------------- on the branch's thread

  /** The branch whose thread this is, or null. */
  static @Nullable Lane current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  Incarnation life() {
    return life;
  }

  Branch branch() {
    return branch;
  }

  @Nullable Lane parent() {
    return parent;
  }

  BranchState state() {
    return state;
  }

  EffectSlot effects() {
    return effects;
  }

  /** The last position that this thread has passed. */
  long cursor() {
    return cursor;
  }

  /** The thread goes on with the workflow's code. */
  void moves() {
    movedNanos = services.runtime().nanoTime();
  }

  private void run(Runnable body) {
    moves();
    try {
      ScopedValue.where(CURRENT, this).run(body);
    } catch (Unwind discarded) {
      // Another incarnation takes over, or nobody needs to.
    } catch (Throwable unexpected) {
      life.failed(unexpected);
    }
  }

  /**
   * Passes the next position if the journal has it, waiting for it while this node is passive.
   *
   * @return its outcome, or null if this thread is to perform the operation and {@link #produce} its outcome
   */
  @Nullable Outcome take(Operation operation) {
    while (true) {
      switch (look(true)) {
        case RECORDED -> {
          return pass(operation);
        }
        case ACTIVE -> {
          return null;
        }
        case PASSIVE -> services.runtime().park();
      }
    }
  }

  /**
   * Like {@link #take}, for what the branch has to wait for: waits until it has come, and produces its outcome then.
   * While it waits, the thread is not engaged: a run that waits costs nothing when leaders change.
   */
  Outcome await(Operation operation, Waiting waiting) {
    notIdle();
    while (true) {
      long seen = host.changes();
      switch (look(false)) {
        case RECORDED -> {
          return pass(operation);
        }
        case PASSIVE -> services.runtime().park();
        case ACTIVE -> {
          outputCommit();
          String cancel = waiting.cancellable() ? state.pendingCancel() : null;
          Outcome come = cancel == null ? waiting.come() : new Outcome.Cancelled(cancel);
          if (come == null) {
            sleepUntilWoken(waiting.untilMs(), seen);
          } else if (look(true) == Standing.ACTIVE && claimed(come)) {
            notIdle();
            produce(come);
            return come;
          }
        }
      }
    }
  }

  /** A signal is received by one branch only. */
  private boolean claimed(Outcome come) {
    return !(come instanceof Outcome.Received received) || life.tryClaim(received.entry().sequence());
  }

  private void sleepUntilWoken(long untilMs, long seen) {
    EngineRuntime.@Nullable Cancellable alarm = null;
    synchronized (host) {
      life.checkAlive();
      boolean moved = outbox == null && (!host.isActive() || view.head().next() > cursor + 1);
      if (moved || host.changes() != seen) {
        return;
      }
      parked = true;
      if (idleUntilMs == NOT_IDLE) {
        idleUntilMs = untilMs;
        idleSinceNanos = services.runtime().nanoTime();
        host.waits();
      }
      if (untilMs != RunHead.NEVER) {
        // Under the lock: an alarm that went off before the thread counts as parked would wake nobody, and nobody else
        // comes.
        long delayMs = Math.clamp(untilMs - services.clock().nowMs(), 1, MAX_TIMER_CHECK_MS);
        alarm = services.runtime().schedule(delayMs, this::wakeUp);
      }
    }
    services.runtime().park();
    if (alarm != null) {
      alarm.cancel();
    }
  }

  /** Waits until {@code condition} holds, which depends on other branches alone and is looked at under the lock. */
  void parkUntil(BooleanSupplier condition) {
    while (true) {
      synchronized (host) {
        life.checkAlive();
        if (condition.getAsBoolean()) {
          return;
        }
        idleUntilMs = NOT_IDLE;
        parked = true;
      }
      services.runtime().park();
    }
  }

  /**
   * Passes the next position if it marks the version that {@code operation} asks for.
   *
   * @return the version; 0 if something else is recorded: the run had passed this place before it was changed; {@link
   *     #NO_VERSION} if nothing is, and this thread is to mark one
   */
  int takeVersion(Operation.MarkVersion operation) {
    while (true) {
      switch (look(true)) {
        case RECORDED -> {
          return operation.matches(ahead.getFirst().outcome())
                  && pass(operation) instanceof Outcome.VersionMarked marked
              ? marked.version()
              : 0;
        }
        case ACTIVE -> {
          return NO_VERSION;
        }
        case PASSIVE -> services.runtime().park();
      }
    }
  }

  /** Whether what the code does now has not been done before: it is not going through its journal. */
  boolean isLive() {
    if (!ahead.isEmpty()) {
      return false;
    }
    synchronized (host) {
      return outbox != null || host.isActive() && view.head().next() <= cursor + 1;
    }
  }

  /**
   * Rule <b>Active</b>: decides from one applied state whether the journal has the next position and whether this node
   * is active.
   *
   * @param engage whether the caller will act if it may
   */
  private Standing look(boolean engage) {
    while (true) {
      life.checkAlive();
      if (!ahead.isEmpty()) {
        return Standing.RECORDED;
      }
      long end;
      synchronized (host) {
        life.checkAlive();
        if (outbox != null) {
          return Standing.ACTIVE;
        }
        end = view.head().next();
        if (end <= cursor + 1) {
          if (host.isActive()) {
            if (engage) {
              engage();
            }
            return Standing.ACTIVE;
          }
          parked = true;
          return Standing.PASSIVE;
        }
        if (view.take(cursor + 1, ahead)) {
          continue;
        }
      }
      ahead.addAll(services.reader().journal(host.info(), branch, cursor + 1, end, READ_AHEAD));
    }
  }

  private void notIdle() {
    synchronized (host) {
      idleUntilMs = NOT_IDLE;
    }
  }

  private void engage() {
    outbox =
        new Outbox(services, host.info(), this, life.engage(), cursor == 0 ? emptyBase : cursor);
    produced = cursor;
    confirmed = cursor;
  }

  private Outcome pass(Operation operation) {
    JournalEntry entry = ahead.removeFirst();
    if (!operation.matches(entry.outcome())) {
      String line = operation instanceof Operation.End ? "its end" : Divergence.line();
      RunProblem what =
          Divergence.problem(entry.position(), Operation.shown(entry.outcome()), operation.shown(), line);
      synchronized (host) {
        life.checkAlive();
        host.block(what);
      }
      throw new Unwind(what.message());
    }
    cursor++;
    moves();
    life.passedOne();
    return entry.outcome();
  }

  /** Adds the outcome of the next position and runs ahead, as far as bounds allow. */
  void produce(Outcome outcome) {
    byte[] encoded = OutcomeCodec.encode(outcome);
    boolean full;
    synchronized (host) {
      life.checkAlive();
      Outbox out = engagedOutbox();
      // In this order, a stack overflow anywhere below leaves the thread with what it has.
      out.add(produced + 1, encoded, life.order());
      cursor++;
      produced++;
      effects.passed();
      life.passedOne();
      out.flushIfDue();
      reindex(out);
      full = out.full(produced, confirmed);
    }
    if (full) {
      awaitRoom();
    }
    moves();
  }

  private void awaitRoom() {
    while (true) {
      synchronized (host) {
        life.checkAlive();
        Outbox out = engagedOutbox();
        if (!out.full(produced, confirmed)) {
          return;
        }
        out.flush();
        life.checkAlive();
        parked = true;
      }
      services.runtime().park();
    }
  }

  /**
   * Rule <b>Output commit</b>: returns when every outcome that this incarnation has produced so far, in whichever
   * branch, was accepted and applied as its own. That the positions are filled would not be enough.
   */
  void outputCommit() {
    long moment = CommitOrder.NONE;
    while (true) {
      synchronized (host) {
        life.checkAlive();
        CommitOrder order = life.order();
        if (moment == CommitOrder.NONE) {
          if (order.settled()) {
            return;
          }
          moment = order.next();
          if (outbox != null) {
            outbox.flush();
            life.checkAlive();
          }
        }
        if (order.committedBefore(moment)) {
          moves();
          return;
        }
        order.await(moment, this);
        parked = true;
      }
      services.runtime().park();
    }
  }

  /** Whether everything that this branch has produced is confirmed. Needs the lock. */
  boolean settled() {
    return produced == confirmed;
  }

  // -------------------------------------------------------------------------------- under the run's lock

  Outbox engagedOutbox() {
    if (outbox == null) {
      throw new IllegalStateException("only an engaged thread may act");
    }
    return outbox;
  }

  BranchHead head() {
    return view.head();
  }

  /** Whether an intent for the next position is in the journal. */
  boolean intentHeld() {
    synchronized (host) {
      return view.head().intent() != null && view.head().next() == cursor + 1;
    }
  }

  /** Starts the thread. */
  void start(String name, Runnable body) {
    movedNanos = services.runtime().nanoTime();
    host.runs();
    strand = services.runtime().spawn(name, () -> run(body));
  }

  /** The thread waits for something to change. */
  void parks() {
    parked = true;
  }

  boolean engaged() {
    return outbox != null;
  }

  /** For which time the thread waits, {@link #NOT_IDLE} if it does not wait at all. */
  long idleUntilMs() {
    return parked ? idleUntilMs : NOT_IDLE;
  }

  /** Since when it does, on the monotonic clock. */
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** Own outcomes of these positions were applied. */
  void confirmed(long first, long last) {
    Outbox out = engagedOutbox();
    confirmed = last;
    out.applied(first);
    out.flush();
    reindex(out);
    if (over) {
      tellParent();
    }
  }

  /** The thread of this branch has nothing more to do. */
  void ended() {
    synchronized (host) {
      over = true;
      tellParent();
    }
  }

  private void tellParent() {
    if (parent != null) {
      host.somethingChanged();
      parent.wakeUp();
    }
  }

  boolean isOver() {
    return over;
  }

  private void reindex(Outbox out) {
    long oldest = out.oldest();
    if (oldest != oldestUnconfirmed) {
      life.order().changed(this, oldestUnconfirmed, oldest);
      oldestUnconfirmed = oldest;
    }
  }

  /** The own intent was applied. */
  void intentHeld(long position) {
    effects.intentHeld();
    engagedOutbox().applied(position);
  }

  /** What began at {@code position} was applied, accepted or not. */
  void applied(long position) {
    if (outbox != null) {
      outbox.applied(position);
    }
  }

  boolean resolved() {
    return outbox == null || outbox.resolved();
  }

  /**
   * Where the thread is that has been in the workflow's code since before {@code sinceNanos}, without waiting for the
   * engine or running an effect. Null if it has not, empty if it has ended.
   */
  StackTraceElement @Nullable [] busySince(long sinceNanos) {
    return parked || strand == null || effects.running() || movedNanos - sinceNanos > 0 ? null : strand.stackTrace();
  }

  /** Whether the thread runs, or is about to. */
  boolean busy() {
    return !parked;
  }

  /** Interrupts whatever the thread blocks on. */
  void interrupt() {
    if (strand != null) {
      strand.interrupt();
    }
  }

  /** Ends the thread at its next operation. */
  void die() {
    if (outbox != null) {
      outbox.drop();
    }
    effects.die();
    wakeUp();
  }

  /** Leaves the thread where it is. */
  void abandon() {
    parked = false;
  }

  /** Wakes the thread if it waits for something to change. */
  void wakeUp() {
    synchronized (host) {
      EngineRuntime.Strand waiting = takeParked();
      if (waiting != null) {
        waiting.wake();
      }
    }
  }

  /** The thread if it waits for something to change, to be woken by the caller. */
  EngineRuntime.@Nullable Strand takeParked() {
    boolean waiting = parked;
    parked = false;
    if (waiting) {
      host.runs();
    }
    return waiting ? strand : null;
  }
}
