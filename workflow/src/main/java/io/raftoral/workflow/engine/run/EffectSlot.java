package io.raftoral.workflow.engine.run;

import org.jspecify.annotations.Nullable;

/**
 * A branch's right to run an effect, and the effect that runs. Everything is guarded by the run's lock; the methods of
 * the first half are called on the branch's thread.
 */
final class EffectSlot {
  private final RunHost host;
  private final RunServices services;
  private final Lane lane;

  private Right right = Right.NONE;
  private @Nullable RunningEffect running;

  /** Where an at-most-once effect's right to run stands. */
  private enum Right {
    NONE,
    PROPOSED,
    HELD,
    /** It was used. The position may still lack its outcome, if an error got in the way; nobody runs it again. */
    USED
  }

  /** An effect in flight. */
  static final class RunningEffect {
    private boolean timedOut;
    private boolean cancelled;

    /** Whether its time was over. */
    boolean timedOut() {
      return timedOut;
    }

    /** Whether it was interrupted because its branch is to end. */
    boolean cancelled() {
      return cancelled;
    }
  }

  EffectSlot(RunHost host, RunServices services, Lane lane) {
    this.host = host;
    this.services = services;
    this.lane = lane;
  }

  // -------------------------------------------------------------------------------- on the branch's thread

  /**
   * Rule <b>At most once</b>: the right to run belongs to the incarnation that proposed the intent, once, after it was
   * applied. Uses no clock.
   *
   * @return false if somebody else holds it: the outcome is unknown
   */
  boolean obtainRight() {
    while (true) {
      synchronized (host) {
        lane.life().checkAlive();
        Outbox out = lane.engagedOutbox();
        switch (right) {
          case NONE -> {
            if (lane.head().intent() != null && lane.head().next() == lane.cursor() + 1) {
              return false;
            }
            if (out.intent(lane.cursor() + 1)) {
              right = Right.PROPOSED;
            }
            lane.life().checkAlive();
          }
          case PROPOSED -> {}
          case HELD -> {
            if (lane.settled()) {
              return true;
            }
          }
          case USED -> {
            return false;
          }
        }
        lane.parks();
      }
      services.runtime().park();
    }
  }

  /** Waits for the lease and begins an effect. All outcomes have to be committed already. */
  RunningEffect begin() {
    while (true) {
      synchronized (host) {
        lane.life().checkAlive();
        if (services.lease().tryStart(lane, lane.engagedOutbox().by().term())) {
          RunningEffect started = new RunningEffect();
          running = started;
          if (right == Right.HELD) {
            right = Right.USED;
          }
          if (lane.state().pendingCancel() != null) {
            cancel();
          }
          return started;
        }
        lane.parks();
      }
      services.runtime().park();
    }
  }

  /** The term on whose behalf this thread acts. */
  long term() {
    synchronized (host) {
      return lane.engagedOutbox().by().term();
    }
  }

  /** Ends an effect. After it nothing interrupts this thread on the effect's account. */
  void end() {
    synchronized (host) {
      running = null;
      lane.moves();
      services.lease().finished(lane);
      clearInterrupt();
      lane.life().checkAlive();
    }
  }

  /** An interrupt was meant for the effect, not for the workflow. */
  private static void clearInterrupt() {
    boolean ignored = Thread.interrupted();
  }

  // -------------------------------------------------------------------------------- under the run's lock

  /** The position has its outcome; the next one has no right yet. */
  void passed() {
    right = Right.NONE;
  }

  /** Whether an effect is in flight. */
  boolean running() {
    return running != null;
  }

  /** The own intent was applied. */
  void intentHeld() {
    right = Right.HELD;
  }

  /** The lease ended, or leadership is handed over, while the effect ran. */
  void leaseLost() {
    synchronized (host) {
      if (running != null) {
        lane.life().leaseLost();
      }
    }
  }

  /** An effect takes too long. */
  void timedOut(RunningEffect late) {
    synchronized (host) {
      if (running == late) {
        late.timedOut = true;
        lane.interrupt();
      }
    }
  }

  /** The branch is to end. */
  void cancel() {
    synchronized (host) {
      if (running != null && !running.cancelled) {
        running.cancelled = true;
        lane.interrupt();
      }
    }
  }

  /** An effect in flight is interrupted. */
  void die() {
    services.lease().finished(lane);
    if (running != null) {
      lane.interrupt();
    }
  }
}
