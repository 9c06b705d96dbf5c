package io.raftoral.workflow.engine;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.engine.state.RunInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts that were proposed here and are not applied yet.
 *
 * <p>A start is known by its workflow id: whichever start of that id is applied answers everybody who asked for the
 * same. One that was appended, and is not among what was applied up to its index, is lost for good and may be refused.
 * Safe for use by several threads; futures are completed without the lock.
 */
final class StartRequests {
  private static final long NOT_APPENDED = Long.MAX_VALUE;

  private final Map<String, List<Pending>> byId = new HashMap<>();
  private int outstanding;

  /** One request. */
  final class Pending implements ProposalListener {
    private final String id;
    private final String type;
    private final byte[] input;
    private final CompletableFuture<StartedRun> future = new CompletableFuture<>();
    private long index = NOT_APPENDED;
    private long term = NOT_APPENDED;

    private Pending(String id, String type, byte[] input) {
      this.id = id;
      this.type = type;
      this.input = input;
    }

    CompletableFuture<StartedRun> future() {
      return future;
    }

    @Override
    public void appended(long term, long appendedAt) {
      synchronized (StartRequests.this) {
        index = appendedAt;
        this.term = term;
      }
    }

    @Override
    public void refused(ProposalResult.Reason reason, long leader) {
      if (remove(this)) {
        future.completeExceptionally(
            reason == ProposalResult.Reason.OVERLOADED
                ? new RefusedException(
                    RefusedException.Code.OVERLOADED,
                    "workflow " + id + " was not started: the leader has too much uncommitted; try again later")
                : noLeader(id));
      }
    }
  }

  /** Registers a request, unless there are {@code max} of them; null then. */
  synchronized @Nullable Pending add(String id, String type, byte[] input, int max) {
    if (outstanding >= max) {
      return null;
    }
    Pending pending = new Pending(id, type, input);
    byId.computeIfAbsent(id, any -> new ArrayList<>()).add(pending);
    outstanding++;
    return pending;
  }

  /** How many have no answer yet. */
  synchronized int outstanding() {
    return outstanding;
  }

  private synchronized boolean remove(Pending pending) {
    List<Pending> same = byId.get(pending.id);
    if (same == null || !same.remove(pending)) {
      return false;
    }
    if (same.isEmpty()) {
      byId.remove(pending.id);
    }
    outstanding--;
    return true;
  }

  /** A start of this run's id was applied. */
  void applied(RunInfo info, boolean created) {
    List<Pending> answered;
    synchronized (this) {
      answered = byId.remove(info.workflowId());
      if (answered == null) {
        return;
      }
      outstanding -= answered.size();
    }
    for (Pending pending : answered) {
      answer(pending.future, info, pending.type, pending.input, created);
    }
  }

  /** Completes a future with the run, or says that it is another one. */
  static void answer(
      CompletableFuture<StartedRun> future, RunInfo info, String type, byte[] input, boolean created) {
    if (info.sameStart(type, input)) {
      future.complete(new StartedRun(info.workflowId(), info.run(), info.type(), info.version(), created));
    } else {
      future.completeExceptionally(
          new RefusedException(
              RefusedException.Code.ID_IN_USE,
              "workflow id " + info.workflowId() + " belongs to a run of type " + info.type()
                  + (info.type().equals(type) ? " with another input" : ", not " + type)
                  + "; choose another id"));
    }
  }

  /** The ids of runs that somebody wants to start. */
  synchronized List<String> awaited() {
    return List.copyOf(byId.keySet());
  }

  /**
   * Everything up to {@code index}, an entry of {@code term}, is applied: who was appended before that and has no
   * answer is lost. So is who was appended in an earlier term, at whatever index: terms never decrease along a log, so
   * nothing of an earlier term follows.
   */
  void appliedUpTo(long index, long term) {
    List<Pending> lost = new ArrayList<>();
    synchronized (this) {
      if (outstanding == 0) {
        return;
      }
      for (Iterator<List<Pending>> lists = byId.values().iterator(); lists.hasNext(); ) {
        List<Pending> same = lists.next();
        same.removeIf(pending -> (pending.index <= index || pending.term < term) && lost.add(pending));
        if (same.isEmpty()) {
          lists.remove();
        }
      }
      outstanding -= lost.size();
    }
    lost.forEach(pending -> pending.future.completeExceptionally(noLeader(pending.id)));
  }

  /** The node stops: nobody gets an answer any more. */
  void fail(RaftoralException why) {
    List<Pending> all = new ArrayList<>();
    synchronized (this) {
      byId.values().forEach(all::addAll);
      byId.clear();
      outstanding = 0;
    }
    all.forEach(pending -> pending.future.completeExceptionally(why));
  }

  static RefusedException noLeader(String id) {
    return new RefusedException(
        RefusedException.Code.NO_LEADER,
        "workflow " + id + " was not started: this node does not lead, or lost leadership; try again");
  }
}
