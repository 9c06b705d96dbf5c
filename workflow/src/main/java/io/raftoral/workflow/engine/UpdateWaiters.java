package io.raftoral.workflow.engine;

import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.engine.state.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Who waits for the answer of an update on this node. Safe for use by several threads; futures are completed without
 * the lock.
 */
final class UpdateWaiters {
  /** How many may wait; past it they are refused. */
  static final int MAX_WAITERS = 1_000_000;

  private static final char SEPARATOR = '\0';

  private final TreeMap<String, List<Waiter>> byRequest = new TreeMap<>();
  private int waiting;

  /** An update that was asked for. */
  record Update(String workflowId, String requestId) {}

  /** Forgets itself when it is cancelled. */
  private final class Waiter extends CompletableFuture<Result> {
    private final Update update;

    Waiter(Update update) {
      this.update = update;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        forget(this);
      }
      return cancelled;
    }
  }

  /** Waits for an answer. Whoever calls looks at the state once more afterwards. */
  synchronized CompletableFuture<Result> add(Update update) {
    Waiter waiter = new Waiter(update);
    if (waiting >= MAX_WAITERS) {
      waiter.completeExceptionally(CommandRequests.overloaded(update.workflowId()));
      return waiter;
    }
    byRequest.computeIfAbsent(key(update), any -> new ArrayList<>()).add(waiter);
    waiting++;
    return waiter;
  }

  private synchronized void forget(Waiter waiter) {
    List<Waiter> same = byRequest.get(key(waiter.update));
    if (same != null && same.removeIf(other -> other == waiter)) {
      waiting--;
      if (same.isEmpty()) {
        byRequest.remove(key(waiter.update));
      }
    }
  }

  private static String key(Update update) {
    return update.workflowId() + SEPARATOR + update.requestId();
  }

  /** What is waited for. */
  synchronized List<Update> awaited() {
    return byRequest.values().stream().map(same -> same.getFirst().update).toList();
  }

  /** An update has its answer. */
  void answered(Update update, Result answer) {
    take(key(update), key(update) + SEPARATOR).forEach(waiter -> waiter.complete(answer));
  }

  /** The run is over, and does not go on as another one: what it has not answered, nobody will. */
  void ended(String workflowId) {
    take(workflowId + SEPARATOR, workflowId + (char) (SEPARATOR + 1))
        .forEach(waiter -> waiter.completeExceptionally(CommandRequests.ended(workflowId)));
  }

  /** The node stops. */
  void fail(RaftoralException why) {
    List<Waiter> all = new ArrayList<>();
    synchronized (this) {
      byRequest.values().forEach(all::addAll);
      byRequest.clear();
      waiting = 0;
    }
    all.forEach(waiter -> waiter.completeExceptionally(why));
  }

  private synchronized List<Waiter> take(String from, String to) {
    List<Waiter> taken = new ArrayList<>();
    var range = byRequest.subMap(from, to);
    range.values().forEach(taken::addAll);
    range.clear();
    waiting -= taken.size();
    return taken;
  }
}
