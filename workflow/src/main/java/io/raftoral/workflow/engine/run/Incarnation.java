package io.raftoral.workflow.engine.run;

import io.raftoral.raft.ProposalResult;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.By;
import io.raftoral.workflow.engine.state.JournalEntry;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.OutcomeCodec;
import io.raftoral.workflow.engine.state.Result;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One life of a run's thread on this node: a cursor into the journal, and what it may do at its end.
 *
 * <p>It begins passive and takes outcomes from the journal. Where the journal ends it waits, until there is more or
 * until this node is active. In that moment it is <em>engaged</em>: it gets its name, {@code by = (term,
 * incarnation)}, and its base, and reads nothing more from the journal; what it finds there from now on confirms it or
 * ends it. It never becomes passive again: it ends with the run, or is discarded and followed by another incarnation.
 *
 * <p>Methods in the first half run on the workflow's thread. Those in the second half, and all fields but the
 * cursor's, need the run's lock.
 */
final class Incarnation {
  /** How many entries are read from the store at a time. */
  static final int READ_AHEAD = 256;

  /** How long a timer may sleep before it looks at the wall clock again, which may have jumped. */
  static final long MAX_TIMER_CHECK_MS = 60_000;

  /** Says that the thread does not wait for a time. */
  static final long NOT_IDLE = -1;

  private final RunHost host;
  private final RunServices services;
  private final long number;

  // Confined to the workflow's thread.
  private final ArrayDeque<JournalEntry> ahead = new ArrayDeque<>();
  private long cursor;
  private @Nullable Thread thread;

  // Guarded by the run's lock.
  private EngineRuntime.@Nullable Strand strand;
  private boolean parked;
  private long idleUntilMs = NOT_IDLE;
  private long idleSinceNanos;
  private @Nullable Outbox outbox;
  private long produced;
  private long confirmed;
  private Right right = Right.NONE;
  private @Nullable RunningEffect effect;

  /** Why this incarnation is dead, or null. Written under the lock; also read without it, to stop early. */
  private volatile @Nullable String death;

  /** Where an at-most-once effect's right to run stands. */
  private enum Right {
    NONE,
    PROPOSED,
    HELD,
    /** It was used. The position may still lack its outcome, if an error got in the way; nobody runs it again. */
    USED
  }

  /** Where a thread stands that wants to do something. */
  private enum Standing {
    /** The journal has this position, and it is in {@link #ahead}. */
    RECORDED,
    /** The journal lacks this position, and this node is active. */
    ACTIVE,
    /** The journal lacks this position, and this node is passive. */
    PASSIVE
  }

  /** An effect in flight. */
  static final class RunningEffect {
    private boolean timedOut;
  }

  Incarnation(RunHost host, RunServices services, long number) {
    this.host = host;
    this.services = services;
    this.number = number;
  }

  // ------------------------------------------------------------------------------ on the workflow's thread

  private void run() {
    thread = Thread.currentThread();
    RunContext context = new RunContext(this, host.info(), services);
    try {
      Result result = host.code().run(context);
      Operation.End end = new Operation.End(result);
      if (take(end) == null) {
        produce(new Outcome.Ended(result));
      }
    } catch (Unwind discarded) {
      // Another incarnation takes over, or nobody needs to.
    } catch (Throwable unexpected) {
      // Not the workflow's doing, whose failures are results: this replica is of no use any more.
      synchronized (host) {
        if (host.isCurrent(this) && !host.isOver()) {
          host.block("the engine failed while it ran this replica: " + unexpected);
        }
      }
    }
  }

  /** The last position that this thread has passed. */
  long cursor() {
    return cursor;
  }

  /** Throws unless the caller is the workflow's own thread. */
  void checkThread() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "the context of " + host.info().workflowId() + " was used on " + Thread.currentThread().getName()
              + "; workflow code has to stay on its own thread");
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
   * Like {@link #take}, for a timer: waits until it is over, and produces its outcome then. Never early, by the clock
   * of the node that is active.
   */
  Outcome awaitTimer(long deadlineMs) {
    Operation operation = new Operation.AwaitTimer();
    while (true) {
      switch (look(false)) {
        case RECORDED -> {
          return pass(operation);
        }
        case PASSIVE -> services.runtime().park();
        case ACTIVE -> {
          outputCommit();
          long nowMs = services.runtime().nowMs();
          if (nowMs < deadlineMs) {
            sleepUntilWoken(deadlineMs, Math.min(deadlineMs - nowMs, MAX_TIMER_CHECK_MS));
          } else if (look(true) == Standing.ACTIVE) {
            notIdle();
            Outcome fired = new Outcome.TimerFired(nowMs);
            produce(fired);
            return fired;
          }
        }
      }
    }
  }

  private void sleepUntilWoken(long deadlineMs, long delayMs) {
    EngineRuntime.Cancellable alarm;
    synchronized (host) {
      checkAlive();
      if (outbox == null && (!host.isActive() || host.head().next() > cursor + 1)) {
        return;
      }
      parked = true;
      if (idleUntilMs == NOT_IDLE) {
        idleUntilMs = deadlineMs;
        idleSinceNanos = services.runtime().nanoTime();
        host.waits();
      }
      // Under the lock: an alarm that went off before the thread counts as parked would wake nobody, and nobody else
      // comes.
      alarm = services.runtime().schedule(delayMs, this::wakeUp);
    }
    services.runtime().park();
    alarm.cancel();
  }

  /**
   * Rule <b>Active</b>: decides from one applied state whether the journal has the next position and whether this node
   * is active.
   *
   * @param engage whether the caller will act if it may
   */
  private Standing look(boolean engage) {
    while (true) {
      checkAlive();
      if (!ahead.isEmpty()) {
        return Standing.RECORDED;
      }
      long end;
      synchronized (host) {
        checkAlive();
        if (outbox != null) {
          return Standing.ACTIVE;
        }
        end = host.head().next();
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
        if (host.takeTail(cursor + 1, ahead)) {
          continue;
        }
      }
      ahead.addAll(services.reader().journal(host.info(), cursor + 1, end, READ_AHEAD));
    }
  }

  private void notIdle() {
    synchronized (host) {
      idleUntilMs = NOT_IDLE;
    }
  }

  private void engage() {
    outbox = new Outbox(services, host.info(), this, new By(host.activeTerm(), number), cursor);
    produced = cursor;
    confirmed = cursor;
  }

  private Outcome pass(Operation operation) {
    JournalEntry entry = ahead.removeFirst();
    if (!operation.matches(entry.outcome())) {
      String line = operation instanceof Operation.End ? "its end" : Divergence.line();
      String what =
          Divergence.describe(entry.position(), Operation.shown(entry.outcome()), operation.shown(), line);
      synchronized (host) {
        checkAlive();
        host.block(what);
      }
      throw new Unwind(what);
    }
    cursor++;
    return entry.outcome();
  }

  /** Adds the outcome of the next position and runs ahead, as far as bounds allow. */
  void produce(Outcome outcome) {
    byte[] encoded = OutcomeCodec.encode(outcome);
    boolean full;
    synchronized (host) {
      checkAlive();
      Outbox out = engagedOutbox();
      // In this order, a stack overflow anywhere below leaves the thread with what it has.
      out.add(produced + 1, encoded);
      cursor++;
      produced++;
      right = Right.NONE;
      out.flushIfDue();
      full = out.full(produced, confirmed);
    }
    if (full) {
      awaitRoom();
    }
  }

  private void awaitRoom() {
    while (true) {
      synchronized (host) {
        checkAlive();
        Outbox out = engagedOutbox();
        if (!out.full(produced, confirmed)) {
          return;
        }
        out.flush();
        checkAlive();
        parked = true;
      }
      services.runtime().park();
    }
  }

  /**
   * Rule <b>Output commit</b>: returns when every outcome that this thread has produced was accepted and applied as
   * its own. That its positions are filled would not be enough.
   */
  void outputCommit() {
    while (true) {
      synchronized (host) {
        checkAlive();
        if (outbox == null || confirmed == produced) {
          return;
        }
        outbox.flush();
        checkAlive();
        parked = true;
      }
      services.runtime().park();
    }
  }

  /**
   * Rule <b>At most once</b>: the right to run belongs to the incarnation that proposed the intent, once, after it was
   * applied. Uses no clock.
   *
   * @return false if somebody else holds it: the outcome is unknown
   */
  boolean obtainRight() {
    while (true) {
      synchronized (host) {
        checkAlive();
        Outbox out = engagedOutbox();
        switch (right) {
          case NONE -> {
            if (host.head().intent() != null && host.head().next() == cursor + 1) {
              return false;
            }
            if (out.intent(cursor + 1)) {
              right = Right.PROPOSED;
            }
            checkAlive();
          }
          case PROPOSED -> {}
          case HELD -> {
            if (confirmed == produced) {
              return true;
            }
          }
          case USED -> {
            return false;
          }
        }
        parked = true;
      }
      services.runtime().park();
    }
  }

  /** Waits for the lease and begins an effect. All outcomes have to be committed already. */
  RunningEffect beginEffect() {
    while (true) {
      synchronized (host) {
        checkAlive();
        if (services.lease().tryStart(this, engagedOutbox().by().term())) {
          RunningEffect started = new RunningEffect();
          effect = started;
          if (right == Right.HELD) {
            right = Right.USED;
          }
          return started;
        }
        parked = true;
      }
      services.runtime().park();
    }
  }

  /** The term on whose behalf this thread acts. */
  long term() {
    synchronized (host) {
      return engagedOutbox().by().term();
    }
  }

  /**
   * Ends an effect. After it nothing interrupts this thread on the effect's account.
   *
   * @return whether its time was over before
   */
  boolean endEffect(RunningEffect ended) {
    synchronized (host) {
      effect = null;
      services.lease().finished(this);
      clearInterrupt();
      checkAlive();
      return ended.timedOut;
    }
  }

  /** An interrupt was meant for the effect, not for the workflow. */
  private static void clearInterrupt() {
    boolean ignored = Thread.interrupted();
  }

  private void checkAlive() {
    String why = death;
    if (why != null) {
      throw new Unwind(why);
    }
  }

  private Outbox engagedOutbox() {
    if (outbox == null) {
      throw new IllegalStateException("only an engaged thread may act");
    }
    return outbox;
  }

  // -------------------------------------------------------------------------------- under the run's lock

  /** Starts the thread. */
  void start() {
    strand = services.runtime().spawn(host.info().workflowId(), this::run);
  }

  /** Whether this incarnation has done anything in an activation. */
  boolean engaged() {
    return outbox != null;
  }

  /** Whether all it has done is in the journal, and nothing of it is under way. */
  boolean settled() {
    return outbox == null || confirmed == produced && outbox.resolved();
  }

  /** For which time it waits, {@link #NOT_IDLE} if it does not wait at all. */
  long idleUntilMs() {
    return parked ? idleUntilMs : NOT_IDLE;
  }

  /** Since when it does, on the monotonic clock. */
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  boolean isBy(By by) {
    return outbox != null && outbox.by().equals(by);
  }

  /** The outbox of an engaged incarnation. */
  Outbox outbox() {
    return engagedOutbox();
  }

  /** Own outcomes of these positions were applied. */
  void confirmed(long first, long last) {
    Outbox out = engagedOutbox();
    confirmed = last;
    out.applied(first);
    out.flush();
  }

  /** The own intent was applied. */
  void intentHeld(long position) {
    right = Right.HELD;
    engagedOutbox().applied(position);
  }

  /** A proposal was refused; called on the driver's thread. */
  void refused(Outbox.Proposal proposal, ProposalResult.Reason reason) {
    synchronized (host) {
      Outbox out = engagedOutbox();
      if (out.refused(proposal, reason, death == null)) {
        return;
      }
      if (death != null) {
        host.resolvedByRefusal(this);
      } else if (host.isCurrent(this)) {
        host.discardAndRebuild("a proposal was refused (" + reason + ")");
      }
    }
  }

  /** Sends a proposal again that was refused for want of capacity. */
  void resend(Outbox.Proposal proposal) {
    synchronized (host) {
      if (death == null) {
        engagedOutbox().resend(proposal);
        wakeUp();
      }
    }
  }

  /** The lease ended, or leadership is handed over, while an effect of this thread ran. */
  void leaseLost() {
    synchronized (host) {
      if (effect != null && host.isCurrent(this)) {
        host.discardAndRebuild("the lease ended while an effect ran");
      }
    }
  }

  /** An effect takes too long. */
  void timedOut(RunningEffect late) {
    synchronized (host) {
      if (effect == late && strand != null) {
        late.timedOut = true;
        strand.interrupt();
      }
    }
  }

  /** Ends this incarnation: its thread unwinds at its next operation, an effect in flight is interrupted. */
  void die(String why) {
    if (death != null) {
      return;
    }
    death = why;
    if (outbox != null) {
      outbox.drop();
    }
    services.lease().finished(this);
    if (effect != null && strand != null) {
      strand.interrupt();
    }
    wakeUp();
  }

  /** Likewise, because the node goes down. */
  void stop(boolean abandon) {
    if (abandon) {
      parked = false;
    }
    die("the node was stopped");
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
    return waiting ? strand : null;
  }
}
