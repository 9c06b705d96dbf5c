package io.raftoral.examples.demo;

import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrderReceipt;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands in all orders and waits for what becomes of them, as a patient customer of the cluster: whatever is refused for
 * the moment or gets no answer is asked again, because starts are idempotent.
 */
final class OrderDesk implements AutoCloseable {
  /** Requests under way at a time; the workflows themselves all run at once. */
  private static final int MAX_REQUESTS = 128;

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

  private final RaftoralClient client;
  private final WorkflowType<Order, OrderReceipt> type;
  private final String prefix;
  private final long deadline;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore requests = new Semaphore(MAX_REQUESTS);
  private final AtomicInteger started = new AtomicInteger();
  private final Map<String, OrderEnd> ends = new ConcurrentHashMap<>();

  /**
   * A desk.
   *
   * @param patience how long all orders together may take
   */
  OrderDesk(RaftoralClient client, WorkflowType<Order, OrderReceipt> type, String prefix, Duration patience) {
    this.client = client;
    this.type = type;
    this.prefix = prefix;
    this.deadline = System.nanoTime() + patience.toNanos();
  }

  /** Begins to hand in orders; returns at once. */
  List<Future<?>> handIn(List<Order> orders) {
    List<Future<?>> tasks = new ArrayList<>();
    List<Future<?>> starts = new ArrayList<>();
    for (Order order : orders) {
      starts.add(threads.submit(() -> start(order)));
    }
    for (int i = 0; i < orders.size(); i++) {
      Order order = orders.get(i);
      Future<?> start = starts.get(i);
      tasks.add(
          threads.submit(
              () -> {
                start.get();
                awaitEnd(order);
                return null;
              }));
    }
    return tasks;
  }

  /** How many starts were acknowledged. */
  int started() {
    return started.get();
  }

  /** What became of the orders that have ended, by order id. */
  Map<String, OrderEnd> ends() {
    return Map.copyOf(ends);
  }

  int ended() {
    return ends.size();
  }

  private void start(Order order) {
    String refusal = patiently(() -> client.start(type, prefix + order.id(), order));
    if (refusal.isEmpty()) {
      started.incrementAndGet();
    } else {
      ends.put(order.id(), new OrderEnd.Trouble("could not be started: " + refusal));
    }
  }

  private void awaitEnd(Order order) {
    if (ends.containsKey(order.id())) {
      return;
    }
    String refusal =
        patiently(
            () -> {
              OrderReceipt receipt = client.handle(prefix + order.id(), OrderReceipt.class).result();
              ends.put(order.id(), new OrderEnd.Receipt(receipt));
            });
    if (!refusal.isEmpty()) {
      ends.put(order.id(), new OrderEnd.Trouble(refusal));
    }
  }

  /** Repeats {@code request} until it succeeds; returns why it did not, or nothing. */
  private String patiently(Runnable request) {
    String refusal = "";
    while (System.nanoTime() - deadline < 0) {
      try {
        requests.acquire();
        try {
          request.run();
          return "";
        } finally {
          requests.release();
        }
      } catch (RefusedException e) {
        refusal = String.valueOf(e.getMessage());
        if (!e.retryable()) {
          return refusal;
        }
      } catch (RequestOutcomeUnknownException e) {
        refusal = "no end in time: " + e.getMessage();
      } catch (RaftoralException e) {
        return String.valueOf(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      }
      try {
        Thread.sleep(BETWEEN_TRIES);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      }
    }
    return refusal.isEmpty() ? "no time was left" : refusal;
  }

  /** Gives up on what is not finished. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
