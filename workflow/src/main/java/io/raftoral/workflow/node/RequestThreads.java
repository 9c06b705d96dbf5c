package io.raftoral.workflow.node;

import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which requests are served: one that keeps time, and a few that may block on the disk. Platform
 * threads, because RocksDB holds its thread, and so that no workflow that hogs the carriers of virtual threads stops the
 * serving.
 */
final class RequestThreads implements AutoCloseable {
  /** Threads that may block on the disk. */
  private static final int WORKERS = 2;

  /** Nothing was done. */
  static final Answer.Refused OVERLOADED =
      new Answer.Refused(Refusal.OVERLOADED, "too many requests wait on this node: try again a little later");

  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;

  /**
   * Threads of a node.
   *
   * @param name of the node
   * @param maxWaiting requests that wait for a thread
   */
  RequestThreads(String name, int maxWaiting) {
    timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name + "-request-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(maxWaiting),
            Thread.ofPlatform().daemon().name(name + "-requests-", 1).factory());
  }

  /** For what may block on the disk. Rejects more than the bound. */
  Executor workers() {
    return workers;
  }

  /** Runs {@code task} on a thread that may block; what it returns is the answer, unless that is null. */
  void work(CompletableFuture<Answer> answer, Supplier<@Nullable Answer> task) {
    if (!tryWork(answer, task)) {
      answer.complete(OVERLOADED);
    }
  }

  /** Likewise; false, and nothing was done, if too many requests wait for a thread. */
  boolean tryWork(CompletableFuture<Answer> answer, Supplier<@Nullable Answer> task) {
    try {
      workers.execute(
          () -> {
            try {
              Answer result = answer.isDone() ? null : task.get();
              if (result != null) {
                answer.complete(result);
              }
            } catch (RuntimeException | Error e) {
              // Errors too: the code of a user's input class may throw them, and the caller should not wait in vain.
              answer.complete(Answers.of(e));
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Runs a short task that does not block, later; not at all if the node stops before. */
  void later(long delayMs, Runnable task) {
    try {
      var _ = timer.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The node stops, and has answered everything that was pending.
      return;
    }
  }

  /** Completes {@code answer} with what {@code fallback} returns, if it has not been completed by then. */
  void atDeadline(Deadline deadline, CompletableFuture<Answer> answer, Supplier<Answer> fallback) {
    try {
      Future<?> timeout =
          timer.schedule(() -> answer.complete(fallback.get()), deadline.leftMs(), TimeUnit.MILLISECONDS);
      Futures.whenEnded(answer, () -> timeout.cancel(false));
    } catch (RejectedExecutionException e) {
      answer.complete(new Answer.Refused(Refusal.UNAVAILABLE, "the node is being stopped"));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdown();
  }
}
