package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.BranchHead;
import io.raftoral.workflow.engine.state.By;
import io.raftoral.workflow.engine.state.JournalEntry;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.RunInfo;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
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
  /** How many applied entries are kept for a thread that is behind; past it, the thread reads the store. */
  static final int MAX_TAIL = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(RunHost.class);
  private static final long PASSIVE = 0;

  private final RunServices services;
  private final RunInfo info;
  private final RunCode code;
  private final Passivation passivation;

  private BranchHead head;

  /** How often something was applied to the run, as far as this object was told. */
  private long revision;

  /**
   * The newest applied entries, up to the one before {@code head.next()}; the present thread has not taken them yet.
   */
  private final ArrayDeque<JournalEntry> tail = new ArrayDeque<>();

  /** The term of the activation, or {@link #PASSIVE}. */
  private long activeTerm;

  private @Nullable Incarnation current;

  /** A dead incarnation of this term, some proposals of which are not resolved. */
  private @Nullable Incarnation leaving;

  /** How often in a row a thread of this run was rebuilt in one term without a checkpoint in between. */
  private int rebuilds;

  private boolean over;
  private @Nullable String problem;

  RunHost(RunServices services, RunInfo info, RunHead head, RunCode code, long activeTerm, Passivation passivation) {
    this.services = services;
    this.info = info;
    this.head = head.branch(Branch.MAIN);
    revision = head.revision();
    this.code = code;
    this.activeTerm = activeTerm;
    this.passivation = passivation;
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
      block(missing);
    } else {
      spawn();
    }
  }

  /** This node became active in {@code term}: whoever stands where the journal ends may go on. */
  synchronized void activate(long term) {
    activeTerm = term;
    rebuilds = 0;
    if (current != null) {
      current.wakeUp();
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
  void advanced(By by, List<JournalEntry> entries, BranchHead newHead) {
    EngineRuntime.@Nullable Strand waiting;
    synchronized (this) {
      head = newHead;
      if (current != null && current.isBy(by)) {
        rebuilds = 0;
        current.confirmed(entries.getFirst().position(), entries.getLast().position());
      } else {
        if (current != null && current.engaged()) {
          discardAndRebuild("the journal holds what another thread has computed");
        }
        resolve(by, entries.getFirst().position());
        publish(entries);
      }
      waiting = waiting();
    }
    wake(waiting);
  }

  private void publish(List<JournalEntry> entries) {
    if (current == null || tail.size() + entries.size() > MAX_TAIL) {
      tail.clear();
    } else {
      tail.addAll(entries);
    }
  }

  /** An intent was applied. */
  void intentHeld(By by, long position) {
    EngineRuntime.@Nullable Strand waiting;
    synchronized (this) {
      head = new BranchHead(head.next(), head.lastBy(), by, head.timerDeadlineMs());
      if (current != null && current.isBy(by)) {
        current.intentHeld(position);
      } else {
        resolve(by, position);
      }
      waiting = waiting();
    }
    wake(waiting);
  }

  private EngineRuntime.@Nullable Strand waiting() {
    return current == null ? null : current.takeParked();
  }

  /** Without the lock, which the thread takes first thing when it runs. */
  private static void wake(EngineRuntime.@Nullable Strand waiting) {
    if (waiting != null) {
      waiting.wake();
    }
  }

  /** A proposal was applied and rejected. */
  synchronized void rejected(By by, long position, String reason) {
    if (current != null && current.isBy(by)) {
      current.outbox().applied(position);
      discardAndRebuild("a proposal was rejected (" + reason + ")");
    } else {
      resolve(by, position);
    }
  }

  private void resolve(By by, long position) {
    if (leaving != null && leaving.isBy(by)) {
      leaving.outbox().applied(position);
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
    long untilMs = waiting.idleUntilMs();
    return untilMs == Incarnation.NOT_IDLE || untilMs - services.runtime().nowMs() < minSleepMs
        ? null
        : new Idle(waiting.idleSinceNanos(), untilMs, revision);
  }

  /** The state was replaced by a snapshot, in which the run stands at {@code newHead}. */
  synchronized void restored(RunHead newHead) {
    head = newHead.branch(Branch.MAIN);
    revision = newHead.revision();
    tail.clear();
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

  BranchHead head() {
    return head;
  }

  long activeTerm() {
    return activeTerm;
  }

  boolean isActive() {
    return activeTerm != PASSIVE;
  }

  /** Moves entries from {@code position} on to {@code into}; returns false if they have to be read from the store. */
  boolean takeTail(long position, Collection<JournalEntry> into) {
    if (tail.isEmpty() || tail.getFirst().position() > position) {
      tail.clear();
      return false;
    }
    for (JournalEntry entry : tail) {
      if (entry.position() >= position) {
        into.add(entry);
      }
    }
    tail.clear();
    return true;
  }

  /** Ends the present incarnation and has another one built, in the same term if this node stays active. */
  void discardAndRebuild(String reason) {
    Incarnation dead = current;
    if (dead == null) {
      return;
    }
    dead.die(reason);
    current = null;
    tail.clear();
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
    if (dead == null || !dead.outbox().resolved()) {
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
  void block(String what) {
    if (current != null) {
      current.die("this replica is blocked");
      current = null;
    }
    tail.clear();
    LOG.warn("{} is blocked on node {}: {}", info, services.settings().node(), what);
    if (!over) {
      // A replica that falls behind the end of its run holds nothing up, and nobody would count it out again.
      problem = what;
      services.blockedRuns().incrementAndGet();
    }
    services.listener().runBlocked(services.settings().node(), info.workflowId(), what);
  }

  /** Whether nothing is to be done here any more. */
  boolean isOver() {
    return over;
  }

  private void unblock() {
    if (problem != null) {
      services.blockedRuns().decrementAndGet();
      problem = null;
    }
  }

  boolean isCurrent(Incarnation incarnation) {
    return current == incarnation;
  }

  private void spawn() {
    if (over || problem != null) {
      current = null;
      return;
    }
    tail.clear();
    current = new Incarnation(this, services, services.incarnations().incrementAndGet());
    current.start();
  }

  // ------------------------------------------------------------------------------------------- any thread

  /** What keeps this replica from going on, or null. */
  synchronized @Nullable String problem() {
    return problem;
  }
}
