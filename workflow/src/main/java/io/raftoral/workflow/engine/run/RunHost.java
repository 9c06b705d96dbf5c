package io.raftoral.workflow.engine.run;

import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.Standby;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.BranchHead;
import io.raftoral.workflow.engine.state.By;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import io.raftoral.workflow.engine.state.JournalEntry;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.RunInfo;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replica of one open run on this node: what was applied of its journal, whether this node is active, and the
 * thread that lives by both.
 *
 * <p>Rule <b>Active</b>: "this node is active" and "the journal lacks this position" are read from one applied state.
 * Both are kept here under one lock, the run's; the apply thread takes it to publish what it has applied, and to flip
 * the role. This object is that lock, and it guards everything in this class, and what the incarnation and its outbox
 * say is guarded.
 */
final class RunHost {
  private static final Logger LOG = LoggerFactory.getLogger(RunHost.class);
  private static final long PASSIVE = 0;

  /** How soon it is proposed again that the run's time is over. */
  private static final long EXPIRE_AGAIN_MS = 1_000;

  private final RunServices services;
  private final RunInfo info;
  private final RunCode code;
  private final Passivation passivation;
  private final Watchdog watchdog;

  private final BranchView main;

  /** How often something was applied to the run, as far as this object was told. */
  private long revision;

  /** The other branches that a thread of this run has asked for. */
  private final TreeMap<Branch, BranchView> branches = new TreeMap<>();

  /** The term of the activation, or {@link #PASSIVE}. */
  private long activeTerm;

  private @Nullable Incarnation current;

  /** A dead incarnation of this term, some proposals of which are not resolved. */
  private @Nullable Incarnation leaving;

  /** How often in a row a thread of this run was rebuilt in one term without a checkpoint in between. */
  private int rebuilds;

  /** Why the run is to end, null if nobody wants that. */
  private volatile @Nullable String cancelReason;

  /** How often something happened that a thread may wait for, beside its journal. Changed under the lock. */
  private volatile long changes;

  private boolean over;
  private @Nullable RunProblem problem;

  /** What the watchdog has found, null if the thread moves. */
  private @Nullable RunProblem stuck;

  /** An operator does not want this node to follow the run. */
  private boolean skipped;

  RunHost(RunServices services, RunInfo info, RunHead head, RunCode code, long activeTerm, Passivation passivation,
      Watchdog watchdog) {
    this.services = services;
    this.info = info;
    main = new BranchView(head.main());
    revision = head.revision();
    cancelReason = head.asks().cancelReason();
    this.code = code;
    this.activeTerm = activeTerm;
    this.passivation = passivation;
    this.watchdog = watchdog;
  }

  /** A thread of the run begins to wait for a time, or for something to be applied to it. */
  void waits() {
    passivation.waits();
  }

  RunInfo info() {
    return info;
  }

  RunCode code() {
    return code;
  }

  // -------------------------------------------------------------------------- told by the apply thread

  /** Begins: from now on the run has a thread here, unless its code is missing. */
  synchronized void begin() {
    String missing = code.missing();
    if (missing != null) {
      block(RunProblem.of(RunProblem.Kind.BLOCKED_ON_VERSION, missing));
    } else {
      spawn();
    }
    watchDeadline();
  }

  /** This node became active in {@code term}: whoever stands where the journal ends may go on. */
  synchronized void activate(long term) {
    activeTerm = term;
    rebuilds = 0;
    skipped = false;
    watchDeadline();
    if (current != null) {
      current.wakeUp();
    } else {
      // It stood by cold, or was skipped: a run has to go on where this node is active.
      spawn();
    }
  }

  /**
   * Rule <b>Discard when deposed</b>: a thread that has done anything in an activation is not trusted after it,
   * whatever it computed. A fresh one starts at once and goes through the journal.
   */
  synchronized void deactivate() {
    activeTerm = PASSIVE;
    leaving = null;
    if (current == null) {
      spawn();
    } else if (current.engaged()) {
      current.die("this node is no longer active");
      spawn();
    }
  }

  /** Outcomes were applied. */
  void advanced(Branch branch, By by, List<JournalEntry> entries, BranchHead newHead) {
    EngineRuntime.@Nullable Strand waiting;
    synchronized (this) {
      BranchView view = known(branch);
      if (view != null) {
        view.head(newHead);
      }
      if (current != null && current.isBy(by)) {
        rebuilds = 0;
        current.confirmed(branch, entries.getFirst().position(), entries.getLast().position());
      } else {
        if (current != null && current.engaged(branch)) {
          discardAndRebuild("the journal holds what another thread has computed");
        }
        resolve(by, branch, entries.getFirst().position());
        if (view != null && current != null) {
          view.publish(entries);
        }
      }
      waiting = waiting(branch);
    }
    wake(waiting);
  }

  /** An intent was applied. */
  void intentHeld(Branch branch, By by, long position) {
    EngineRuntime.@Nullable Strand waiting;
    synchronized (this) {
      BranchView view = known(branch);
      if (view != null && view.head().next() == position) {
        view.head(view.head().withIntent(by));
      }
      if (current != null && current.isBy(by)) {
        current.intentHeld(branch, position);
      } else {
        resolve(by, branch, position);
      }
      waiting = waiting(branch);
    }
    wake(waiting);
  }

  private EngineRuntime.@Nullable Strand waiting(Branch branch) {
    return current == null ? null : current.takeParked(branch);
  }

  /** The view of a branch, null if no thread has asked for it. */
  private @Nullable BranchView known(Branch branch) {
    return branch.equals(Branch.MAIN) ? main : branches.get(branch);
  }

  /** Without the lock, which the thread takes first thing when it runs. */
  private static void wake(EngineRuntime.@Nullable Strand waiting) {
    if (waiting != null) {
      waiting.wake();
    }
  }

  /** The run's time is limited: the active node ends it. */
  private void watchDeadline() {
    long deadlineMs = info.origin().deadlineMs();
    if (deadlineMs == RunInfo.Origin.NO_DEADLINE || activeTerm == PASSIVE || over) {
      return;
    }
    long term = activeTerm;
    long delayMs = Math.clamp(deadlineMs - services.clock().nowMs(), 1, Lane.MAX_TIMER_CHECK_MS);
    services.runtime().schedule(delayMs, () -> expireIfDue(term));
  }

  private synchronized void expireIfDue(long term) {
    if (activeTerm == term && !over) {
      long nowMs = services.clock().nowMs();
      if (nowMs >= info.origin().deadlineMs()) {
        // If it is refused or lost, the next look proposes it again.
        services
            .group()
            .propose(
                CommandCodec.encode(new Command.Expire(nowMs, info.run(), info.slot())), ProposalListener.IGNORE);
        services.runtime().schedule(EXPIRE_AGAIN_MS, () -> expireIfDue(term));
      } else {
        watchDeadline();
      }
    }
  }

  /** Something was applied to the run that a thread may wait for. */
  synchronized void changed(@Nullable String newCancelReason) {
    somethingChanged();
    boolean cancelled = cancelReason == null && newCancelReason != null;
    cancelReason = newCancelReason;
    if (current != null) {
      if (cancelled) {
        current.cancelRequested();
      } else {
        current.wakeUp();
      }
    }
  }

  /** A proposal was applied and rejected. */
  synchronized void rejected(Branch branch, By by, long position, String reason) {
    if (current != null && current.isBy(by)) {
      current.applied(branch, position);
      discardAndRebuild("a proposal was rejected (" + reason + ")");
    } else {
      resolve(by, branch, position);
    }
  }

  private void resolve(By by, Branch branch, long position) {
    if (leaving != null && leaving.isBy(by)) {
      leaving.applied(branch, position);
      rebuildBarrier();
    }
  }

  /** The run is over. A thread that is behind may still go through the journal, to see whether it gets there too. */
  synchronized void ended() {
    over = true;
    leaving = null;
    unblock();
    if (current != null && current.engaged()) {
      current.die("the run is over");
      current = null;
    }
  }

  /**
   * The run sleeps from now on.
   *
   * @return whether this replica can be forgotten. It cannot while it has something to report, or its thread has gone
   *     on in the meantime: then the thread's proposals are about to wake the run, or will be refused
   */
  synchronized boolean rested() {
    if (problem != null || leaving != null || current != null && current.engaged() && !current.settled()) {
      return false;
    }
    over = true;
    stuck(null);
    if (current != null) {
      current.die("the run sleeps");
      current = null;
    }
    return true;
  }

  /** What was last applied to the run has made this its revision. */
  synchronized void revision(long changed) {
    revision = changed;
  }

  /**
   * A thread that waits.
   *
   * @param sinceNanos since when, on the monotonic clock
   * @param untilMs for which time; {@code RunHead.NEVER} if for none
   * @param revision of the run: if it changes, the thread has something to look at
   */
  record Idle(long sinceNanos, long untilMs, long revision) {}

  /** How the active thread waits, null if it does not, or not for at least {@code minSleepMs} from now. */
  synchronized @Nullable Idle idle(long minSleepMs) {
    Incarnation waiting = current;
    if (activeTerm == PASSIVE || waiting == null || leaving != null || over || !waiting.settled()) {
      return null;
    }
    long idleMs = waiting.idleUntilMs();
    long untilMs = Math.min(idleMs, info.origin().deadlineMs());
    return idleMs == Lane.NOT_IDLE || untilMs - services.clock().nowMs() < minSleepMs
        ? null
        : new Idle(waiting.idleSinceNanos(), untilMs, revision);
  }

  /** The state was replaced by a snapshot, in which the run stands at {@code newHead}. */
  synchronized void restored(RunHead newHead) {
    main.replaced(newHead.main());
    revision = newHead.revision();
    cancelReason = newHead.asks().cancelReason();
    somethingChanged();
    branches.forEach((branch, view) -> view.replaced(services.reader().branch(info, branch)));
    if (current != null && current.engaged()) {
      discardAndRebuild("the state was replaced by a snapshot");
    } else if (current != null) {
      current.wakeUp();
    }
  }

  /** In the state that a snapshot brought, the run is over or gone. */
  synchronized void removed() {
    over = true;
    leaving = null;
    unblock();
    if (current != null) {
      current.die("the run is over");
      current = null;
    }
  }

  /**
   * The node goes down.
   *
   * @param abandon leaves parked threads where they are, as if the process had died: their code does not unwind
   */
  synchronized void stop(boolean abandon) {
    over = true;
    leaving = null;
    if (current != null) {
      current.stop(abandon);
      current = null;
    }
  }

  // ---------------------------------------------------------------------- told by the incarnation, under the lock

  /** Something happened that a thread may wait for. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock, read anywhere
  void somethingChanged() {
    changes++;
  }

  /** What was applied of a branch, for a thread that begins to follow it. */
  BranchView view(Branch branch) {
    return branch.equals(Branch.MAIN)
        ? main
        : branches.computeIfAbsent(branch, any -> new BranchView(services.reader().branch(info, branch)));
  }

  long activeTerm() {
    return activeTerm;
  }

  boolean isActive() {
    return activeTerm != PASSIVE;
  }

  /** Ends the present incarnation and has another one built, in the same term if this node stays active. */
  void discardAndRebuild(String reason) {
    Incarnation dead = current;
    if (dead == null) {
      return;
    }
    dead.die(reason);
    current = null;
    forgetTails();
    if (over) {
      return;
    }
    if (activeTerm == PASSIVE) {
      spawn();
    } else {
      leaving = dead;
      rebuildBarrier();
    }
  }

  /**
   * Rule <b>Rebuild barrier</b>: in the same term, a thread is rebuilt only when every proposal of its dead
   * incarnation was refused or applied. Otherwise the new thread would read a journal into which the old one's
   * outcomes still arrive.
   */
  void rebuildBarrier() {
    Incarnation dead = leaving;
    if (dead == null || !dead.resolved()) {
      return;
    }
    services.runtime().schedule(services.backoffMs(rebuilds++), () -> rebuild(dead));
  }

  private synchronized void rebuild(Incarnation dead) {
    if (leaving == dead) {
      leaving = null;
      spawn();
    }
  }

  /** A proposal of a dead incarnation was refused. */
  void resolvedByRefusal(Incarnation dead) {
    if (leaving == dead) {
      rebuildBarrier();
    }
  }

  /** The replica cannot go on here. Nothing else is affected. */
  void block(RunProblem what) {
    if (current != null) {
      current.die("this replica is blocked");
      current = null;
    }
    forgetTails();
    stuck(null);
    LOG.warn("{} is blocked on node {}: {}", info, services.settings().node(), what.message());
    if (!over) {
      // A replica that falls behind the end of its run holds nothing up, and nobody would count it out again.
      problem = what;
      services.blockedRuns().incrementAndGet();
    }
    services.listener().runBlocked(services.settings().node(), info.workflowId(), what.message());
  }

  /** Whether nothing is to be done here any more. */
  boolean isOver() {
    return over;
  }

  private void forgetTails() {
    main.clear();
    // Whoever follows a branch asks for it again.
    branches.clear();
  }

  private void unblock() {
    stuck(null);
    if (problem != null) {
      services.blockedRuns().decrementAndGet();
      problem = null;
    }
  }

  boolean isCurrent(Incarnation incarnation) {
    return current == incarnation;
  }

  private void spawn() {
    stuck(null);
    boolean cold = activeTerm == PASSIVE && (skipped || code.standby() == Standby.COLD);
    if (over || problem != null || cold) {
      current = null;
      return;
    }
    forgetTails();
    current = new Incarnation(this, services, services.incarnations().incrementAndGet());
    current.start();
  }

  // ------------------------------------------------------------------------------------------- any thread

  /** Changes whenever something happens that a thread may wait for, beside its journal. */
  long changes() {
    return changes;
  }

  /** Why the run is to end, null if nobody wants that. */
  @Nullable String cancelReason() {
    return cancelReason;
  }

  /** What keeps this replica from going on, or null. */
  synchronized @Nullable RunProblem problem() {
    return problem != null ? problem : stuck;
  }

  /** What this node does about the run. */
  synchronized RunReplica.State state() {
    if (problem != null) {
      return RunReplica.State.BLOCKED;
    }
    if (activeTerm != PASSIVE) {
      return RunReplica.State.ACTIVE;
    }
    return current == null ? RunReplica.State.COLD : RunReplica.State.SHADOW;
  }

  /**
   * An operator's decision about a replica that cannot go on.
   *
   * @param again whether it is built again from the journal; otherwise this node does not follow the run any more, until
   *     it is active
   * @return whether there was a problem to decide about
   */
  synchronized boolean decide(boolean again) {
    if (problem == null || over || code.missing() != null) {
      return false;
    }
    unblock();
    skipped = !again;
    spawn();
    return true;
  }

  // ------------------------------------------------------------------------------------------ the watchdog

  /** A thread begins to run. */
  void runs() {
    watchdog.runs();
  }

  /** Whether a thread runs, or is about to. */
  synchronized boolean busy() {
    return current != null && current.busy();
  }

  /** Where a thread is that has not come out of the workflow's code since {@code sinceNanos}; null if none is there. */
  synchronized StackTraceElement @Nullable [] busySince(long sinceNanos) {
    return current == null ? null : current.busySince(sinceNanos);
  }

  /**
   * Notes what the watchdog has found.
   *
   * @return whether that is new
   */
  synchronized boolean stuck(@Nullable RunProblem found) {
    boolean before = stuck != null;
    stuck = found;
    if (before != (found != null)) {
      services.stuckRuns().addAndGet(found != null ? 1 : -1);
    }
    return found != null && !before;
  }
}
