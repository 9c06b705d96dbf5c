package io.raftoral.workflow.engine;

import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A runtime in which at most one thread runs at any time: the test's, or the strand to which it has handed the baton.
 * Everything happens in one order, and time passes when the test says so.
 */
final class SteppedRuntime implements EngineRuntime {
  private static final int MAX_STEPS = 1_000_000;

  private final ArrayDeque<SteppedStrand> ready = new ArrayDeque<>();
  private final ArrayDeque<Runnable> background = new ArrayDeque<>();
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Alarm::atMs).thenComparingLong(Alarm::order));
  private final Map<Thread, SteppedStrand> strands = new LinkedHashMap<>();
  private final Semaphore returned = new Semaphore(0);
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
  private long nowMs = 1_700_000_000_000L;
  private long jumpedMs;
  private long scheduled;

  private record Alarm(long atMs, long order, Runnable task) {}

  @Override
  public long nowMs() {
    return nowMs + jumpedMs;
  }

  /** The wall clock is set forward or back; timers and the monotonic clock do not notice. */
  void jump(long ms) {
    jumpedMs += ms;
  }

  @Override
  public long nanoTime() {
    return nowMs * 1_000_000;
  }

  @Override
  public long randomLong() {
    return random.nextLong();
  }

  @Override
  public Strand spawn(String name, Runnable body) {
    SteppedStrand strand = new SteppedStrand();
    strand.thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(
                () -> {
                  strand.baton.acquireUninterruptibly();
                  try {
                    body.run();
                  } finally {
                    strand.ended = true;
                    returned.release();
                  }
                });
    strands.put(strand.thread, strand);
    strand.thread.start();
    ready.add(strand);
    return strand;
  }

  @Override
  public void park() {
    SteppedStrand me = current();
    if (!Thread.interrupted()) {
      me.park();
    }
  }

  /** What an effect of a test does to take its time: returns when woken, throws when interrupted. */
  void block() throws InterruptedException {
    SteppedStrand me = current();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("interrupted");
    }
    me.park();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("interrupted");
    }
  }

  /** Wakes every strand, whatever it waits for. */
  void wakeAll() {
    List.copyOf(strands.values()).forEach(SteppedStrand::wake);
  }

  SteppedStrand current() {
    SteppedStrand me = strands.get(Thread.currentThread());
    if (me == null) {
      throw new IllegalStateException("not a strand of this runtime: " + Thread.currentThread());
    }
    return me;
  }

  @Override
  public Cancellable schedule(long delayMs, Runnable task) {
    Alarm alarm = new Alarm(nowMs + Math.max(0, delayMs), scheduled++, task);
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  @Override
  public void background(Runnable task) {
    background.add(task);
  }

  /** Runs what can run, without letting time pass. Returns whether anything did. */
  boolean runUntilIdle() {
    boolean any = false;
    for (int step = 0; ; step++) {
      if (step > MAX_STEPS) {
        throw new AssertionError("no end of running: something spins");
      }
      Alarm due = alarms.peek();
      SteppedStrand next = ready.poll();
      if (next != null) {
        next.step();
      } else if (!background.isEmpty()) {
        background.poll().run();
      } else if (due != null && due.atMs() <= nowMs) {
        alarms.poll().task().run();
      } else {
        return any;
      }
      any = true;
    }
  }

  /** When the next alarm goes off, in milliseconds from now; negative if none is set. */
  long nextAlarmMs() {
    Alarm next = alarms.peek();
    return next == null ? -1 : Math.max(0, next.atMs() - nowMs);
  }

  /** Lets time pass, without running anything. */
  void pass(long ms) {
    nowMs += ms;
  }

  /** A thread that runs only while it has the baton. */
  final class SteppedStrand implements Strand {
    private final Semaphore baton = new Semaphore(0);
    private @Nullable Thread thread;
    private boolean parked;
    private boolean permit;
    private boolean ended;

    private void step() {
      if (!ended) {
        baton.release();
        returned.acquireUninterruptibly();
      }
    }

    private void park() {
      if (permit) {
        permit = false;
        return;
      }
      parked = true;
      returned.release();
      baton.acquireUninterruptibly();
    }

    @Override
    public void wake() {
      if (parked) {
        parked = false;
        ready.add(this);
      } else {
        permit = true;
      }
    }

    @Override
    public void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
      wake();
    }

    @Override
    public StackTraceElement[] stackTrace() {
      return thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    }
  }
}
