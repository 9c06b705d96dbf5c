package io.raftoral.simulation.workflow;

import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads of the JDK's own scheduler, of which only the one that holds the baton runs: whoever gives a strand
 * its turn waits until the strand has given the baton back. Needs nothing that is not public.
 *
 * <p>Keeps the book that the JDK keeps for {@link ScheduledThreads}: a strand that waits for its turn, or has it, takes
 * a wake-up as a permit for its next {@link #park}.
 */
final class HandedOverThreads implements StrandThreads {
  private final Turns turns;
  private @Nullable BatonStrand running;

  HandedOverThreads(Turns turns) {
    this.turns = turns;
  }

  @Override
  public EngineRuntime.Strand spawn(String name, Runnable body) {
    BatonStrand strand = new BatonStrand();
    strand.thread = Thread.ofVirtual().name(name).start(() -> strand.live(body));
    turns.soon(strand);
    return strand;
  }

  @Override
  public EngineRuntime.Strand current() {
    return self();
  }

  @Override
  public void park() {
    self().park();
  }

  private BatonStrand self() {
    BatonStrand me = running;
    if (me == null || me.thread != Thread.currentThread()) {
      throw new IllegalStateException("not a strand of this runtime: " + Thread.currentThread());
    }
    return me;
  }

  private final class BatonStrand implements EngineRuntime.Strand, Runnable {
    private final Semaphore baton = new Semaphore(0);
    private final Semaphore returned = new Semaphore(0);
    private @Nullable Thread thread;
    private boolean parked;
    private boolean permit;
    private boolean ended;

    private void live(Runnable body) {
      baton.acquireUninterruptibly();
      try {
        body.run();
      } finally {
        ended = true;
        returned.release();
      }
    }

    /** A turn: from taking the baton to giving it back. */
    @Override
    public void run() {
      if (!ended) {
        running = this;
        baton.release();
        returned.acquireUninterruptibly();
        running = null;
      }
    }

    private void park() {
      if (permit) {
        permit = false;
        return;
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      parked = true;
      returned.release();
      baton.acquireUninterruptibly();
    }

    @Override
    public void wake() {
      if (ended) {
        return;
      }
      if (parked) {
        parked = false;
        turns.soon(this);
      } else {
        permit = true;
      }
    }

    @Override
    public void interrupt() {
      if (thread != null && !ended) {
        thread.interrupt();
        wake();
      }
    }

    @Override
    public StackTraceElement[] stackTrace() {
      return thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    }
  }
}
