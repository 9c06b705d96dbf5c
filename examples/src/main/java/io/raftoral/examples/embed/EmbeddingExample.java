package io.raftoral.examples.embed;

import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.WorkflowType;
import java.nio.file.Path;
import java.time.Duration;

/** The README's example; a test compares the two. */
public final class EmbeddingExample {
  private EmbeddingExample() {}

  // README begin
  record Order(String id, int cents) {}

  static final WorkflowType<Order, String> CHECKOUT = WorkflowType.of("checkout", 1, Order.class, String.class, (ctx, order) -> {
    var status = ctx.replicated("status", String.class, "NEW");
    String receipt = ctx.<String>sideEffect("charge", String.class, call -> Bank.charge(order.cents(), call.idempotencyKey()))
        .withRetry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))   // attempts and back-off survive a failover
        .call();                                // runs on the leader only; the outcome is checkpointed
    status.set("PAID");                         // a replicated checkpoint; does not wait
    ctx.sleep(Duration.ofSeconds(2));           // durable: survives the death of every node
    return receipt;
  });

  static String placeOrder(String listen, String peers, Path dataDir) {
    try (RaftoralNode node = Raftoral.node("n1").listen(listen).peers(peers).dataDir(dataDir).register(CHECKOUT).start()) {
      return node.client().start(CHECKOUT, "order-42", new Order("order-42", 1999)).result();
    }
  }
  // README end

  /** Stands for a payment service that knows idempotency keys. */
  static final class Bank {
    private Bank() {}

    static String charge(int cents, String idempotencyKey) {
      return "receipt for " + cents + " cents, key " + idempotencyKey;
    }
  }
}
