package io.raftoral.workflow.engine.run;

import io.raftoral.raft.driver.Group;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets effects run only while no other node can: under the leader's lease, and by the rule <b>Transfer</b>.
 *
 * <p>The lease bounds in time what the journal's rules cannot bound: two nodes running effects beside each other. An
 * effect starts only while enough of the lease is left, and those in flight are interrupted when it ends. One timer
 * serves all of them.
 *
 * <p>Locks: may be called with a run's lock held; calls out to runs without its own.
 */
final class LeaseGuard {
  /** How soon a lease that is missing or about to end is looked at again, in milliseconds. */
  static final long RECHECK_MS = 5;

  /** How late at most any other is looked at again while effects run: it may be withdrawn before its end. */
  static final long MAX_RECHECK_MS = 50;

  private static final long NANOS_PER_MS = 1_000_000;
  private static final long NO_TERM = 0;

  private final EngineRuntime runtime;
  private final Group group;
  private final long marginNanos;

  /** Who is running an effect, in the order of starting; likewise who wants to. */
  private final Set<Lane> running = new LinkedHashSet<>();

  private final Set<Lane> waiting = new LinkedHashSet<>();
  private long handedOverTerm = NO_TERM;
  private EngineRuntime.@Nullable Cancellable timer;

  LeaseGuard(EngineRuntime runtime, Group group, long marginMs) {
    this.runtime = runtime;
    this.group = group;
    marginNanos = marginMs * NANOS_PER_MS;
  }

  /**
   * Lets an effect start, or has the thread woken when it is worth asking again; in a term whose leadership was handed
   * over, never.
   *
   * @param term of the activation on whose behalf it would run
   */
  synchronized boolean tryStart(Lane who, long term) {
    if (term == handedOverTerm) {
      return false;
    }
    if (leaseLeftNanos() > 0) {
      running.add(who);
      watch();
      return true;
    }
    waiting.add(who);
    watch();
    return false;
  }

  /** An effect has ended, or its thread no longer waits to run one. */
  synchronized void finished(Lane who) {
    running.remove(who);
    waiting.remove(who);
  }

  /** How many effects run. */
  synchronized int running() {
    return running.size();
  }

  /**
   * Rule <b>Transfer</b>: effects stop before leadership is handed over, and none ever starts again in that term,
   * since the message that makes the successor campaign may arrive after the transfer was given up, and bypasses the
   * lease.
   */
  void handOver(long term) {
    List<Lane> stopped;
    synchronized (this) {
      handedOverTerm = term;
      stopped = new ArrayList<>(running);
    }
    stopped.forEach(lane -> lane.effects().leaseLost());
  }

  private long leaseLeftNanos() {
    long until = group.leaseUntilNanos();
    // Instants of a monotonic clock are compared by their difference; the value for "no lease" is not an instant.
    return until == Long.MIN_VALUE ? -1 : until - runtime.nanoTime() - marginNanos;
  }

  private void watch() {
    if (timer == null && !(running.isEmpty() && waiting.isEmpty())) {
      long leftMs = running.isEmpty() || !waiting.isEmpty() ? 0 : leaseLeftNanos() / NANOS_PER_MS;
      timer = runtime.schedule(Math.clamp(leftMs, RECHECK_MS, MAX_RECHECK_MS), this::check);
    }
  }

  private void check() {
    List<Lane> lost = new ArrayList<>();
    List<Lane> ready = new ArrayList<>();
    synchronized (this) {
      timer = null;
      if (leaseLeftNanos() > 0) {
        ready.addAll(waiting);
        waiting.clear();
      } else {
        lost.addAll(running);
      }
      watch();
    }
    lost.forEach(lane -> lane.effects().leaseLost());
    ready.forEach(Lane::wakeUp);
  }
}
