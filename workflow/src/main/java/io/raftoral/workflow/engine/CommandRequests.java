package io.raftoral.workflow.engine;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.engine.state.Applied;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Signals, updates and requests to end that were proposed here and are not applied yet. Known by their request ids:
 * whichever proposal of an id is applied answers everybody. Safe for use by several threads; futures are completed
 * without the lock.
 */
final class CommandRequests {
  private static final long NOT_APPENDED = Long.MAX_VALUE;

  private final Map<String, List<Pending>> byRequest = new HashMap<>();
  private int outstanding;

  /** One request. */
  final class Pending implements ProposalListener {
    private final String workflowId;
    private final String requestId;
    private final CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
    private long index = NOT_APPENDED;
    private long term = NOT_APPENDED;

    private Pending(String workflowId, String requestId) {
      this.workflowId = workflowId;
      this.requestId = requestId;
    }

    CompletableFuture<@Nullable Void> future() {
      return future;
    }

    @Override
    public void appended(long appendedIn, long appendedAt) {
      synchronized (CommandRequests.this) {
        index = appendedAt;
        term = appendedIn;
      }
    }

    @Override
    public void refused(ProposalResult.Reason reason, long leader) {
      if (remove(this)) {
        future.completeExceptionally(
            reason == ProposalResult.Reason.OVERLOADED ? overloaded(workflowId) : noLeader(workflowId));
      }
    }
  }

  /** Registers a request, unless there are {@code max} of them; null then. */
  synchronized @Nullable Pending add(String workflowId, String requestId, int max) {
    if (outstanding >= max) {
      return null;
    }
    Pending pending = new Pending(workflowId, requestId);
    byRequest.computeIfAbsent(requestId, any -> new ArrayList<>()).add(pending);
    outstanding++;
    return pending;
  }

  private synchronized boolean remove(Pending pending) {
    List<Pending> same = byRequest.get(pending.requestId);
    if (same == null || !same.remove(pending)) {
      return false;
    }
    if (same.isEmpty()) {
      byRequest.remove(pending.requestId);
    }
    outstanding--;
    return true;
  }

  /** A request was applied. */
  void applied(Applied.Requested request) {
    List<Pending> answered;
    synchronized (this) {
      answered = byRequest.remove(request.requestId());
      if (answered == null) {
        return;
      }
      outstanding -= answered.size();
    }
    for (Pending pending : answered) {
      switch (request.reception()) {
        case ACCEPTED, KNOWN -> pending.future.complete(null);
        case NO_RUN -> pending.future.completeExceptionally(noRun(request.workflowId()));
        case ENDED -> pending.future.completeExceptionally(ended(request.workflowId()));
        case FULL -> pending.future.completeExceptionally(overloaded(request.workflowId()));
      }
    }
  }

  /** Everything up to {@code index}, an entry of {@code term}, is applied: who has no answer is lost, as with starts. */
  void appliedUpTo(long index, long term) {
    List<Pending> lost = new ArrayList<>();
    synchronized (this) {
      if (outstanding == 0) {
        return;
      }
      for (Iterator<List<Pending>> lists = byRequest.values().iterator(); lists.hasNext(); ) {
        List<Pending> same = lists.next();
        same.removeIf(pending -> (pending.index <= index || pending.term < term) && lost.add(pending));
        if (same.isEmpty()) {
          lists.remove();
        }
      }
      outstanding -= lost.size();
    }
    lost.forEach(pending -> pending.future.completeExceptionally(noLeader(pending.workflowId)));
  }

  /** The node stops. */
  void fail(RaftoralException why) {
    List<Pending> all = new ArrayList<>();
    synchronized (this) {
      byRequest.values().forEach(all::addAll);
      byRequest.clear();
      outstanding = 0;
    }
    all.forEach(pending -> pending.future.completeExceptionally(why));
  }

  static RefusedException overloaded(String id) {
    return new RefusedException(
        RefusedException.Code.OVERLOADED,
        "the request for workflow " + id + " was not taken: the leader has too much uncommitted, or too many signals"
            + " wait for the workflow; try again later");
  }

  static RefusedException noLeader(String id) {
    return new RefusedException(
        RefusedException.Code.NO_LEADER,
        "the request for workflow " + id + " was not taken: this node does not lead, or lost leadership; try again");
  }

  static RefusedException noRun(String id) {
    return new RefusedException(
        RefusedException.Code.UNKNOWN_WORKFLOW,
        "no workflow has the id \"" + id + "\": check it, or start the workflow first");
  }

  static RefusedException ended(String id) {
    return new RefusedException(
        RefusedException.Code.RUN_ENDED, "workflow \"" + id + "\" has ended, and takes no more requests");
  }
}
