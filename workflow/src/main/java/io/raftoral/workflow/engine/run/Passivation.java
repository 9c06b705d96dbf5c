package io.raftoral.workflow.engine.run;

import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.StateReader;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets runs sleep that wait for long, and wakes them in time. A run that sleeps has no thread on any node and nothing
 * in memory; it is an entry of an index in the store.
 *
 * <p>Both steps are commands, proposed by the active node: so every replica lets its thread go at the same place in the
 * log and has it back at the same place, and a node that starts knows from the store which runs need a thread.
 * Something that is applied to a sleeping run wakes it as well.
 *
 * <p>The active node looks only when there is something to see: at threads some time after they began to wait, at the
 * index when the first of its times has come.
 */
final class Passivation {
  /** How long before its time a run is woken at most, so that every replica has gone through its journal by then. */
  static final long MAX_WAKE_AHEAD_MS = 1_000;

  /** How many runs are woken at a time. */
  static final int MAX_WAKING = 2_000;

  /** How soon the index is looked at again while there is something due in it. */
  static final long AGAIN_MS = 200;

  /** The wall clock may jump, so that it is looked at this often at least, in milliseconds. */
  static final long MAX_CHECK_MS = 60_000;

  /** How soon idle threads are looked at again at the earliest. */
  private static final long MIN_SWEEP_MS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(Passivation.class);
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long PASSIVE = 0;

  private final RunServices services;
  private final PassivationSettings settings;

  /** Less than what makes a run sleep, or it would fall asleep again at once. */
  private final long wakeAheadMs;

  private final Collection<RunHost> hosts;

  private final AtomicBoolean sweeping = new AtomicBoolean();
  private final AtomicBoolean checking = new AtomicBoolean();
  private volatile long activeTerm = PASSIVE;

  /** No sleeping run is to be woken before this. Any number of runs may be added, so it only ever moves back. */
  private volatile long earliestMs = Long.MIN_VALUE;

  Passivation(RunServices services, Collection<RunHost> hosts) {
    this.services = services;
    settings = services.settings().passivation();
    wakeAheadMs = Math.min(MAX_WAKE_AHEAD_MS, settings.minSleepMs() / 2);
    this.hosts = hosts;
  }

  /** This node became active: whatever sleeps is its business now. */
  void activate(long term) {
    activeTerm = term;
    earliestMs = Long.MIN_VALUE;
    scheduleCheck(0);
    waits();
  }

  void deactivate() {
    activeTerm = PASSIVE;
  }

  // ---------------------------------------------------------------------------------------------- to sleep

  /** A thread begins to wait. Any thread, with a run's lock held. */
  void waits() {
    if (activeTerm != PASSIVE && sweeping.compareAndSet(false, true)) {
      services.runtime().schedule(Math.max(MIN_SWEEP_MS, settings.idleMs()), this::sweep);
    }
  }

  private void sweep() {
    sweeping.set(false);
    long term = activeTerm;
    if (term == PASSIVE) {
      return;
    }
    long nowMs = services.clock().nowMs();
    boolean again = false;
    for (RunHost host : hosts) {
      RunHost.Idle idle = host.idle(settings.minSleepMs());
      if (idle == null) {
        continue;
      }
      again = true;
      if (idle.sinceNanos() + settings.idleMs() * NANOS_PER_MS - services.runtime().nanoTime() <= 0) {
        // If it is refused, the next look finds the run as it was.
        services
            .group()
            .propose(
                CommandCodec.encode(
                    new Command.Rest(
                        nowMs, host.info().run(), host.info().slot(), term, idle.revision(), idle.untilMs())),
                ProposalListener.IGNORE);
      }
    }
    if (again) {
      waits();
    }
  }

  // ---------------------------------------------------------------------------------------------- to wake

  /** A run sleeps from now on. */
  void rested(long wakeMs) {
    if (wakeMs < earliestMs) {
      earliestMs = wakeMs;
    }
    if (wakeMs != RunHead.NEVER && activeTerm != PASSIVE) {
      scheduleCheck(delayMs());
    }
  }

  private long delayMs() {
    long nowMs = services.clock().nowMs();
    long earliest = earliestMs;
    return earliest <= nowMs ? 0 : Math.clamp(earliest - nowMs - wakeAheadMs, 0, MAX_CHECK_MS);
  }

  private void scheduleCheck(long delayMs) {
    if (checking.compareAndSet(false, true)) {
      services.runtime().schedule(delayMs, this::check);
    }
  }

  private void check() {
    if (activeTerm == PASSIVE) {
      checking.set(false);
    } else if (earliestMs > services.clock().nowMs() + wakeAheadMs) {
      checking.set(false);
      scheduleCheck(delayMs());
    } else {
      services.runtime().background(this::wakeDue);
    }
  }

  /** Reads the store, so it runs in the background. */
  private void wakeDue() {
    if (activeTerm == PASSIVE) {
      checking.set(false);
      return;
    }
    try {
      wake();
    } catch (RuntimeException failed) {
      checking.set(false);
      if (activeTerm != PASSIVE) {
        // Whoever writes to the store next meets it too, and stops the node.
        LOG.warn("node {} could not look for sleeping runs", services.settings().node(), failed);
      }
    }
  }

  private void wake() {
    long untilMs = services.clock().nowMs() + wakeAheadMs + 1;
    // Set before reading: a run that is laid to sleep meanwhile moves it back.
    earliestMs = RunHead.NEVER;
    List<StateReader.Sleeping> due = services.reader().asleep(untilMs, MAX_WAKING);
    for (StateReader.Sleeping run : due) {
      services
          .group()
          .propose(
              CommandCodec.encode(new Command.Wake(services.clock().nowMs(), run.run(), run.slot())),
              ProposalListener.IGNORE);
    }
    boolean more = !due.isEmpty();
    long next = more ? Long.MIN_VALUE : services.reader().nextWakeMs();
    if (next < earliestMs) {
      earliestMs = next;
    }
    checking.set(false);
    if (activeTerm != PASSIVE && earliestMs != RunHead.NEVER) {
      scheduleCheck(more ? AGAIN_MS : delayMs());
    }
  }
}
