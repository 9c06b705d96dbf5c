package io.raftoral.workflow.engine.run;

import io.raftoral.raft.ProposalResult;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.By;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.RunHead;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One life of a run on this node: the threads of its branches, which live and die together.
 *
 * <p>It begins passive: its branches take outcomes from their journals. When the first of them acts, the incarnation is
 * <em>engaged</em>: it gets its name, {@code by = (term, incarnation)}. It never becomes passive again: it ends with
 * the run, or is discarded and followed by another incarnation.
 *
 * <p>Everything but the first section needs the run's lock.
 */
final class Incarnation {
  private final RunHost host;
  private final RunServices services;
  private final long number;

  // Guarded by the run's lock.
  private final CommitOrder order = new CommitOrder();
  private final TreeMap<Branch, Lane> lanes = new TreeMap<>();
  private @Nullable By by;

  /** Signals that this incarnation has received; the state may not know yet. */
  private final Set<Long> claimed = new HashSet<>();

  /** Positions that all branches together have passed. */
  private final AtomicLong passed = new AtomicLong();

  /** Why this incarnation is dead, or null. Written under the lock; also read without it, to stop early. */
  private volatile @Nullable String death;

  Incarnation(RunHost host, RunServices services, long number) {
    this.host = host;
    this.services = services;
    this.number = number;
  }

  // ------------------------------------------------------------------------------ on the workflow's threads

  /** Throws if this incarnation is dead. */
  void checkAlive() {
    String why = death;
    if (why != null) {
      throw new Unwind(why);
    }
  }

  private void runMain(Lane lane) {
    RunContext context = new RunContext(this, host.info(), services);
    Outcome.Ended end = host.code().run(context);
    if (lane.take(new Operation.End(end)) == null) {
      lane.produce(end);
    }
  }

  /** Runs {@code action} under the run's lock. */
  void atomically(Runnable action) {
    synchronized (host) {
      action.run();
    }
  }

  /** Not the workflow's doing, whose failures are results: this replica is of no use any more. */
  void failed(Throwable unexpected) {
    synchronized (host) {
      if (host.isCurrent(this) && !host.isOver()) {
        host.block(
            RunProblem.of(
                RunProblem.Kind.ENGINE_FAILURE, "the engine failed while it ran this replica: " + unexpected));
      }
    }
  }

  // -------------------------------------------------------------------------------- under the run's lock

  /** Starts the main branch. */
  void start() {
    Lane lane = new Lane(this, host, services, Branch.MAIN, null, 0);
    lanes.put(Branch.MAIN, lane);
    lane.start(host.info().workflowId(), () -> runMain(lane));
  }

  CommitOrder order() {
    return order;
  }

  /** The name under which this incarnation acts; it has one from now on. */
  By engage() {
    By name = by;
    if (name == null) {
      name = new By(host.activeTerm(), number);
      by = name;
    }
    return name;
  }

  /** Whether this incarnation has done anything in an activation. */
  boolean engaged() {
    return by != null;
  }

  /** Whether it has in this branch. */
  boolean engaged(Branch branch) {
    Lane lane = lanes.get(branch);
    return lane != null && lane.engaged();
  }

  boolean isBy(By other) {
    return other.equals(by);
  }

  /** How many positions all branches together have passed. Any thread. */
  long passed() {
    return passed.get();
  }

  /** A branch has passed a position. Any thread. */
  void passedOne() {
    passed.incrementAndGet();
  }

  /** Whether a signal is the caller's: no branch of this incarnation has received it before. Any thread. */
  boolean tryClaim(long sequence) {
    synchronized (host) {
      return claimed.add(sequence);
    }
  }

  /** Whether nobody of this incarnation has received it. Any thread. */
  boolean isUnclaimed(long sequence) {
    synchronized (host) {
      return !claimed.contains(sequence);
    }
  }

  /** Begins a branch. */
  Lane fork(Branch branch, Lane parent, long emptyBase) {
    checkAlive();
    Lane lane = new Lane(this, host, services, branch, parent, emptyBase);
    lanes.put(branch, lane);
    return lane;
  }

  /** Branches that are over and joined need not be kept. */
  void forget(Branch branch) {
    Lane lane = lanes.get(branch);
    if (lane != null && lane.isOver() && lane.resolved()) {
      lanes.remove(branch);
    }
  }

  /** Somebody wants the run to end: effects in flight are interrupted, and every thread looks up. */
  void cancelRequested() {
    lanes.values().forEach(lane -> lane.effects().cancel());
    wakeUp();
  }

  @Nullable Lane lane(Branch branch) {
    return lanes.get(branch);
  }

  /** Own outcomes of these positions were applied. */
  void confirmed(Branch branch, long first, long last) {
    Lane lane = lanes.get(branch);
    if (lane != null) {
      lane.confirmed(first, last);
      order.released().forEach(Lane::wakeUp);
    }
  }

  /** The own intent was applied. */
  void intentHeld(Branch branch, long position) {
    Lane lane = lanes.get(branch);
    if (lane != null) {
      lane.intentHeld(position);
    }
  }

  /** What began at {@code position} was applied, accepted or not. */
  void applied(Branch branch, long position) {
    Lane lane = lanes.get(branch);
    if (lane != null) {
      lane.applied(position);
    }
  }

  /** Whether all it has done is in the journal, and nothing of it is under way. */
  boolean settled() {
    return order.settled() && resolved();
  }

  /** For which time all its threads wait, {@link Lane#NOT_IDLE} if one of them does not. */
  long idleUntilMs() {
    long until = RunHead.NEVER;
    for (Lane lane : lanes.values()) {
      if (lane.isOver()) {
        continue;
      }
      if (lane.idleUntilMs() == Lane.NOT_IDLE) {
        return Lane.NOT_IDLE;
      }
      until = Math.min(until, lane.idleUntilMs());
    }
    return until;
  }

  /** Whether one of its threads runs, or is about to. */
  boolean busy() {
    return lanes.values().stream().anyMatch(Lane::busy);
  }

  /** Where the first of its threads is that has been in the workflow's code for too long; null if none is. */
  StackTraceElement @Nullable [] busySince(long sinceNanos) {
    for (Lane lane : lanes.values()) {
      StackTraceElement @Nullable [] stack = lane.busySince(sinceNanos);
      if (stack != null) {
        return stack;
      }
    }
    return null;
  }

  /** Since when they do, on the monotonic clock. */
  long idleSinceNanos() {
    long now = services.runtime().nanoTime();
    return now - lanes.values().stream().filter(lane -> !lane.isOver()).mapToLong(lane -> now - lane.idleSinceNanos()).min().orElse(0);
  }

  /** Whether it is known of every proposal what became of it. */
  boolean resolved() {
    return lanes.values().stream().allMatch(Lane::resolved);
  }

  /** A proposal was refused; called on the driver's thread. */
  void refused(Outbox outbox, Outbox.Proposal proposal, ProposalResult.Reason reason) {
    synchronized (host) {
      if (outbox.refused(proposal, reason, death == null)) {
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
  void resend(Lane lane, Outbox outbox, Outbox.Proposal proposal) {
    synchronized (host) {
      if (death == null) {
        outbox.resend(proposal);
        lane.wakeUp();
      }
    }
  }

  /** The lease ended, or leadership is handed over, while an effect of this incarnation ran. */
  void leaseLost() {
    if (host.isCurrent(this)) {
      host.discardAndRebuild("the lease ended while an effect ran");
    }
  }

  /** Ends this incarnation: its threads unwind at their next operation, effects in flight are interrupted. */
  void die(String why) {
    if (death == null) {
      death = why;
      lanes.values().forEach(Lane::die);
    }
  }

  /** Likewise, because the node goes down. */
  void stop(boolean abandon) {
    if (abandon) {
      lanes.values().forEach(Lane::abandon);
    }
    die("the node was stopped");
  }

  /** Wakes every thread that waits for something to change. */
  void wakeUp() {
    lanes.values().forEach(Lane::wakeUp);
  }

  /** The thread of a branch if it waits for something to change, to be woken by the caller. */
  EngineRuntime.@Nullable Strand takeParked(Branch branch) {
    Lane lane = lanes.get(branch);
    return lane == null ? null : lane.takeParked();
  }
}
