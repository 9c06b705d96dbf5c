package io.raftoral.workflow.engine;

import static io.raftoral.workflow.Delivery.AT_MOST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.Workflow;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.annotated.Registration;
import io.raftoral.workflow.annotation.DistributedWorkflow;
import io.raftoral.workflow.annotation.Replicated;
import io.raftoral.workflow.annotation.Retry;
import io.raftoral.workflow.annotation.SideEffect;
import io.raftoral.workflow.lint.LintPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same workflow in both styles leaves the same journal behind, whatever happens to nodes on the way. */
class BothStylesTest {

  /** The world that both call. */
  static final class Bank {
    private int calls;

    int charge(int cents) throws IOException {
      calls++;
      if (calls % 2 == 1) {
        throw new IOException("line " + calls + " is down");
      }
      return cents;
    }
  }

  record Order(String item, int cents) {}

  enum Status {
    NEW,
    PAID,
    SHIPPED
  }

  @DistributedWorkflow(name = "checkout")
  static class Checkout {
    private final Bank bank;
    @Replicated private int attempts;
    @Replicated private Status status = Status.NEW;

    Checkout(Bank bank) {
      this.bank = bank;
    }

    public String run(Order order) throws IOException {
      int paid = 0;
      while (status != Status.PAID) {
        attempts++;
        try {
          paid = charge(order);
          status = Status.PAID;
        } catch (IOException e) {
          Workflow.sleep(Duration.ofMinutes(10));
        }
      }
      String parcel = ship(order);
      status = Status.SHIPPED;
      return parcel + " " + paid + " " + attempts + " " + Workflow.now().toEpochMilli() / 1_000_000_000_000_000L;
    }

    @SideEffect(delivery = AT_MOST_ONCE, timeout = "10s")
    private int charge(Order order) throws IOException {
      return bank.charge(order.cents());
    }

    @SideEffect(retry = @Retry(attempts = 3, backoff = "1s"))
    private String ship(Order order) throws IOException {
      return order.item() + bank.charge(1);
    }
  }

  static String checkout(WorkflowContext context, Order order, Bank bank) {
    ReplicatedVar<Integer> attempts = context.replicated("attempts", Integer.class, 0);
    ReplicatedVar<Status> status = context.replicated("status", Status.class, Status.NEW);
    int paid = 0;
    while (status.get() != Status.PAID) {
      attempts.update(n -> n + 1);
      try {
        paid =
            context
                .<Integer>sideEffect("charge", Integer.class, call -> bank.charge(order.cents()))
                .withDelivery(AT_MOST_ONCE)
                .withTimeout(Duration.ofSeconds(10))
                .call();
        status.set(Status.PAID);
      } catch (SideEffectFailedException e) {
        context.sleep(Duration.ofMinutes(10));
      }
    }
    String parcel =
        context
            .<String>sideEffect("ship", String.class, call -> order.item() + bank.charge(1))
            .withRetry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))
            .call();
    status.set(Status.SHIPPED);
    return parcel + " " + paid + " " + attempts.get() + " " + context.now().toEpochMilli() / 1_000_000_000_000_000L;
  }

  static Stream<Arguments> programs() {
    return Stream.of(
        Arguments.of(
            "checkout",
            "{\"item\":\"book\",\"cents\":1200}",
            Registration.of(Checkout.class, true, LintPolicy.NONE, new Bank()),
            plainCheckout()));
  }

  private static WorkflowType<Order, String> plainCheckout() {
    Bank bank = new Bank();
    return WorkflowType.of(
        "checkout", 1, Order.class, String.class, (context, order) -> checkout(context, order, bank));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void theJournalIsTheSame(String name, String input, WorkflowType<?, ?> annotated, WorkflowType<?, ?> plain) {
    assertThat(undisturbed(annotated, input)).isEqualTo(undisturbed(plain, input)).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void theJournalIsTheSameAfterEveryNodeHasDied(
      String name, String input, WorkflowType<?, ?> annotated, WorkflowType<?, ?> plain) {
    assertThat(disturbed(annotated, input)).isEqualTo(disturbed(plain, input)).isNotEmpty();
  }

  private static List<String> undisturbed(WorkflowType<?, ?> type, String input) {
    TestCluster cluster = started(type, input);
    cluster.advance(3_600_000);
    return journals(cluster, 3);
  }

  private static List<String> disturbed(WorkflowType<?, ?> type, String input) {
    TestCluster cluster = started(type, input);
    cluster.crash(1);
    cluster.elect(2);
    cluster.advance(600_000);
    cluster.crash(2);
    cluster.crash(3);
    cluster.restart(3);
    cluster.restart(1);
    cluster.restart(2);
    cluster.elect(3);
    cluster.advance(3_600_000);
    return journals(cluster, 3);
  }

  private static TestCluster started(WorkflowType<?, ?> type, String input) {
    TestCluster cluster = TestCluster.of(3, type);
    cluster.elect(1);
    cluster.settle();
    cluster.submit(type.name(), "w", input);
    cluster.settle();
    return cluster;
  }

  /** What was done, and how it ended; the same on all nodes. */
  private static List<String> journals(TestCluster cluster, int nodes) {
    List<String> first = List.of();
    for (int node = 1; node <= nodes; node++) {
      RunDescription run = cluster.describe(node, "w");
      List<String> lines = new ArrayList<>();
      run.journal().forEach(each -> lines.add(each.kind() + " " + each.name() + " " + each.value()));
      lines.add(run.summary().status() + " " + run.result() + " " + run.variables());
      assertThat(cluster.node(node).blocked).isEmpty();
      if (node > 1) {
        assertThat(lines).isEqualTo(first);
      }
      first = lines;
    }
    return first;
  }
}
