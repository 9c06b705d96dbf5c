package io.raftoral.workflow.engine;

import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for something to be applied on this node: the end of a run, or an index. Safe for use by several threads;
 * futures are completed without the lock.
 */
final class Waiters {
  /** How many may wait; past it they are refused. */
  static final int MAX_WAITERS = 1_000_000;

  private final Map<String, List<CompletableFuture<RunEnd>>> ends = new HashMap<>();
  private final TreeMap<Long, List<CompletableFuture<@Nullable Void>>> indexes = new TreeMap<>();
  private int waiting;

  /**
   * Waits for the end of a run. Whoever calls looks at the state once more afterwards, so that no end is missed.
   * Cancelling the future ends the waiting.
   */
  synchronized CompletableFuture<RunEnd> end(String id) {
    EndWaiter future = new EndWaiter(id);
    if (waiting >= MAX_WAITERS) {
      future.completeExceptionally(tooMany());
      return future;
    }
    ends.computeIfAbsent(id, any -> new ArrayList<>()).add(future);
    waiting++;
    return future;
  }

  /** Forgets itself when it is cancelled: clients ask again and again for the end of a run that takes long. */
  private final class EndWaiter extends CompletableFuture<RunEnd> {
    private final String id;

    EndWaiter(String id) {
      this.id = id;
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

  private synchronized void forget(EndWaiter waiter) {
    List<CompletableFuture<RunEnd>> same = ends.get(waiter.id);
    if (same != null && same.removeIf(other -> other == waiter)) {
      waiting--;
      if (same.isEmpty()) {
        ends.remove(waiter.id);
      }
    }
  }

  /** Waits for an index that is not applied yet. Cancelling the future ends the waiting. */
  synchronized CompletableFuture<@Nullable Void> index(long index) {
    CompletableFuture<@Nullable Void> future = new IndexWaiter(index);
    if (waiting >= MAX_WAITERS) {
      future.completeExceptionally(tooMany());
      return future;
    }
    indexes.computeIfAbsent(index, any -> new ArrayList<>()).add(future);
    waiting++;
    return future;
  }

  /** Forgets itself when it is cancelled: a read whose time is over waits for nothing. */
  private final class IndexWaiter extends CompletableFuture<@Nullable Void> {
    private final long index;

    IndexWaiter(long index) {
      this.index = index;
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

  private synchronized void forget(IndexWaiter waiter) {
    List<CompletableFuture<@Nullable Void>> same = indexes.get(waiter.index);
    if (same != null && same.removeIf(other -> other == waiter)) {
      waiting--;
      if (same.isEmpty()) {
        indexes.remove(waiter.index);
      }
    }
  }

  /** The ids of runs whose end somebody waits for. */
  synchronized List<String> awaited() {
    return List.copyOf(ends.keySet());
  }

  /** A run has ended. */
  void ended(RunEnd end) {
    List<CompletableFuture<RunEnd>> told;
    synchronized (this) {
      told = ends.remove(end.workflowId());
      if (told == null) {
        return;
      }
      waiting -= told.size();
    }
    told.forEach(future -> future.complete(end));
  }

  /** Everything up to {@code index} is applied. */
  void applied(long index) {
    List<CompletableFuture<@Nullable Void>> told = new ArrayList<>();
    synchronized (this) {
      while (!indexes.isEmpty() && indexes.firstKey() <= index) {
        told.addAll(indexes.pollFirstEntry().getValue());
      }
      waiting -= told.size();
    }
    told.forEach(future -> future.complete(null));
  }

  /** The node stops. */
  void fail(RaftoralException why) {
    List<CompletableFuture<?>> told = new ArrayList<>();
    synchronized (this) {
      ends.values().forEach(told::addAll);
      indexes.values().forEach(told::addAll);
      ends.clear();
      indexes.clear();
      waiting = 0;
    }
    told.forEach(future -> future.completeExceptionally(why));
  }

  private static RefusedException tooMany() {
    return new RefusedException(
        RefusedException.Code.OVERLOADED,
        "more than " + MAX_WAITERS + " requests wait on this node already; try again later");
  }
}
