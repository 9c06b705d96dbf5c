package io.raftoral.simulation.world;

import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and everything that is going to happen in it.
 *
 * <p>There is one thread. It takes the earliest event, moves time to it, and runs it; what the event schedules lies at
 * the same time or later. Events at the same nanosecond run in an order that is drawn from the seed, so that no code
 * under test can come to rely on one. A running hash over all events, their times and what they noted tells whether two
 * runs were the same.
 */
public final class World {
  /** The owner of events that belong to no node. */
  public static final int NOBODY = 0;

  /** More waiting events than this mean that something schedules without end. */
  static final int MAX_PENDING_EVENTS = 4_000_000;

  private final long seed;
  private final SimRandom ties;
  private final PriorityQueue<Event> queue = new PriorityQueue<>(1024);
  private long nowNanos;
  private long sequence;
  private long executed;
  private long hash;
  private @Nullable Consumer<Event> observer;
  private Thread thread = Thread.currentThread();
  private volatile boolean intruded;

  /** A world at time 0 with nothing to happen. */
  public World(long seed) {
    this.seed = seed;
    this.ties = random("world.ties");
    this.hash = SimRandom.mix(seed);
  }

  /** The seed of everything. */
  public long seed() {
    return seed;
  }

  /** The stream of random numbers of one concern; asking again starts it anew. */
  public SimRandom random(String name) {
    return SimRandom.named(seed, name);
  }

  /** Nanoseconds since the world began. */
  public long nowNanos() {
    return nowNanos;
  }

  /** How many events have run. */
  public long executed() {
    return executed;
  }

  /** The hash over everything that has happened. */
  public long hash() {
    return hash;
  }

  /** Makes {@code value} part of the hash: what the code under test did, not only when. */
  public void note(long value) {
    hash = SimRandom.mix(hash ^ value) + value;
  }

  /** Is told of every event after it ran; for traces and for finding the first difference between two runs. */
  public void observe(@Nullable Consumer<Event> newObserver) {
    this.observer = newObserver;
  }

  /**
   * Plans an event.
   *
   * @param owner the node it happens on, {@link #NOBODY} if on none
   */
  public Event after(long delayNanos, int owner, EventKind kind, Runnable action) {
    return at(nowNanos + Math.max(0, delayNanos), owner, kind, action);
  }

  /** Plans an event at a time that is not in the past. */
  public Event at(long timeNanos, int owner, EventKind kind, Runnable action) {
    if (timeNanos < nowNanos) {
      throw new IllegalArgumentException("event in the past: " + timeNanos + " < " + nowNanos);
    }
    if (queue.size() >= MAX_PENDING_EVENTS) {
      throw new IllegalStateException("more than " + MAX_PENDING_EVENTS + " events are waiting at " + nowNanos + " ns");
    }
    Event event = new Event(timeNanos, ties.nextLong(), ++sequence, owner, kind, action);
    queue.add(event);
    return event;
  }

  /** Runs the next event if it lies before {@code untilNanos}; otherwise moves time there and returns false. */
  public boolean step(long untilNanos) {
    thread = Thread.currentThread();
    if (intruded) {
      throw new IllegalStateException(
          "a thread outside of the simulation woke one inside: code under test has blocked in Thread.sleep, on I/O or on"
              + " a lock that such a thread holds; in a simulation only the simulated clock and network may do that");
    }
    while (true) {
      Event event = queue.peek();
      if (event == null || event.timeNanos >= untilNanos) {
        nowNanos = Math.max(nowNanos, untilNanos);
        return false;
      }
      queue.poll();
      Runnable action = event.action;
      if (action == null) {
        continue;
      }
      event.action = null;
      nowNanos = event.timeNanos;
      executed++;
      hash = SimRandom.mix(hash ^ (nowNanos * 31 + (((long) event.owner) << 8) + event.kind.code()));
      action.run();
      if (observer != null) {
        observer.accept(event);
      }
      return true;
    }
  }

  /** Whether the calling thread is the one that runs events. */
  public boolean isOnOwnThread() {
    return Thread.currentThread() == thread || Thread.currentThread().isVirtual();
  }

  /** Another thread wanted something to happen, at a time that no seed decides: the next step fails. Any thread. */
  public void intruded() {
    intruded = true;
  }

  /** Events that wait, cancelled ones included. */
  public int pending() {
    return queue.size();
  }

  /** Something that is going to happen. */
  public static final class Event implements Comparable<Event> {
    private final long timeNanos;
    private final long tie;
    private final long sequence;
    private final int owner;
    private final EventKind kind;
    private @Nullable Runnable action;

    private Event(long timeNanos, long tie, long sequence, int owner, EventKind kind, Runnable action) {
      this.timeNanos = timeNanos;
      this.tie = tie;
      this.sequence = sequence;
      this.owner = owner;
      this.kind = kind;
      this.action = action;
    }

    /** When. */
    public long timeNanos() {
      return timeNanos;
    }

    /** Where. */
    public int owner() {
      return owner;
    }

    /** What. */
    public EventKind kind() {
      return kind;
    }

    /** It will not happen; does nothing if it has. */
    public void cancel() {
      action = null;
    }

    /** Whether it is still to happen. */
    public boolean isPending() {
      return action != null;
    }

    @Override
    public int compareTo(Event that) {
      if (timeNanos != that.timeNanos) {
        return Long.compare(timeNanos, that.timeNanos);
      }
      return tie != that.tie ? Long.compare(tie, that.tie) : Long.compare(sequence, that.sequence);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(sequence);
    }
  }
}
