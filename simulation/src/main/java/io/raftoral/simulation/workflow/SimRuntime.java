package io.raftoral.simulation.workflow;

import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The engine's threads, clock and timers in one life of a simulated process: every turn of a strand and every alarm is
 * an event, so that the seed decides their order and a crash falls between any two of them.
 */
public final class SimRuntime implements EngineRuntime {
  /** Mean time from waking a strand to its turn. */
  private static final double TURN_NANOS = 4_000;

  /** Mean time of work that blocks on the disk. */
  private static final double BACKGROUND_NANOS = 2_000_000;

  private static final long NANOS_PER_MS = 1_000_000;

  /** The process that this runtime belongs to. */
  public interface Host {
    /** Plans an event on the process: later if it is paused then, never if it is dead. */
    World.Event after(long localNanos, EventKind kind, Runnable action);

    /** The wall clock. */
    long nowMs();

    /** The monotonic clock. */
    long nanoTime();

    /** How much time has been leapt over, for clocks of the wall and for timers, while nothing else moved. */
    long leaptNanos();

    /** Whether the calling thread is the one that simulates. */
    boolean isOnOwnThread();

    /** Another thread has tried to have a say in what happens. Called on that thread. */
    void intruded();
  }

  private final Host host;
  private final SimRandom random;
  private final SimRandom delays;
  private final StrandThreads threads;
  private final TreeMap<Moment, Runnable> alarms = new TreeMap<>();
  private long alarmsSet;
  private int turns;
  private World.@Nullable Event planned;
  private long plannedFor;
  private long generation;

  /** When an alarm goes off, on a clock that leaps with the wall clock. */
  private record Moment(long atNanos, long order) implements Comparable<Moment> {
    @Override
    public int compareTo(Moment that) {
      return atNanos != that.atNanos ? Long.compare(atNanos, that.atNanos) : Long.compare(order, that.order);
    }
  }

  /**
   * A runtime for one life of a process.
   *
   * @param random for identifiers
   * @param delays for the time that things take
   */
  public SimRuntime(Host host, SimRandom random, SimRandom delays, StrandThreads.Kind kind) {
    this.host = host;
    this.random = random;
    this.delays = delays;
    threads = kind.open(this::soon);
  }

  private void soon(Runnable turn) {
    if (!host.isOnOwnThread()) {
      host.intruded();
      return;
    }
    plan(delays.exponential(TURN_NANOS), EventKind.WORKFLOW, turn);
  }

  private void plan(long nanos, EventKind kind, Runnable action) {
    turns++;
    host.after(nanos, kind, () -> {
      turns--;
      action.run();
    });
  }

  /** Whether a strand, or work in the background, waits for its turn. */
  public boolean hasTurns() {
    return turns > 0;
  }

  @Override
  public long nowMs() {
    return host.nowMs();
  }

  @Override
  public long nanoTime() {
    return host.nanoTime();
  }

  @Override
  public long randomLong() {
    return random.nextLong();
  }

  @Override
  public Strand spawn(String name, Runnable body) {
    return threads.spawn(name, body);
  }

  @Override
  public void park() {
    if (!Thread.interrupted()) {
      threads.park();
    }
  }

  @Override
  public void background(Runnable task) {
    plan(delays.exponential(BACKGROUND_NANOS), EventKind.DISK_SYNC, task);
  }

  /**
   * Lets time pass on the calling strand, as an effect that waits for the outside world does.
   *
   * @throws InterruptedException if the strand is interrupted before
   */
  public void sleep(long nanos) throws InterruptedException {
    Strand me = threads.current();
    boolean[] over = {nanos <= 0};
    Cancellable alarm =
        at(nanos, () -> {
          over[0] = true;
          me.wake();
        });
    while (!over[0]) {
      if (Thread.interrupted()) {
        alarm.cancel();
        throw new InterruptedException("interrupted");
      }
      threads.park();
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted");
    }
  }

  // ---------------------------------------------------------------------------------------------- alarms

  @Override
  public Cancellable schedule(long delayMs, Runnable task) {
    long ms = Math.clamp(delayMs, 0, Long.MAX_VALUE / (4 * NANOS_PER_MS));
    return at(ms * NANOS_PER_MS, task);
  }

  private Cancellable at(long delayNanos, Runnable task) {
    Moment moment = new Moment(clock() + delayNanos, ++alarmsSet);
    alarms.put(moment, task);
    watch();
    return () -> {
      if (alarms.remove(moment) != null) {
        watch();
      }
    };
  }

  private long clock() {
    return host.nanoTime() + host.leaptNanos();
  }

  /** How long until the next alarm, in nanoseconds; negative if none is set. */
  public long nextAlarmNanos() {
    return alarms.isEmpty() ? -1 : Math.max(0, alarms.firstKey().atNanos() - clock());
  }

  /** Time was leapt over: alarms come nearer. */
  public void leapt() {
    callOff();
    watch();
  }

  private void callOff() {
    World.Event event = planned;
    if (event != null) {
      event.cancel();
      planned = null;
      generation++;
    }
  }

  /** Keeps one event planned, for the first alarm. */
  private void watch() {
    if (alarms.isEmpty()) {
      callOff();
      return;
    }
    long first = alarms.firstKey().atNanos();
    if (planned == null || plannedFor != first) {
      callOff();
      long mine = generation;
      plannedFor = first;
      planned = host.after(Math.max(0, first - clock()), EventKind.WORKFLOW, () -> ring(mine));
    }
  }

  /** A process that was paused hears of an event later: of one that was called off meanwhile, too. */
  private void ring(long mine) {
    if (mine != generation) {
      return;
    }
    planned = null;
    generation++;
    Map.Entry<Moment, Runnable> due = alarms.firstEntry();
    boolean rings = due != null && due.getKey().atNanos() <= clock();
    if (rings) {
      alarms.pollFirstEntry();
    }
    watch();
    if (rings) {
      due.getValue().run();
    }
  }
}
