package io.raftoral.workflow.annotated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.annotation.DistributedWorkflow;
import io.raftoral.workflow.annotation.Replicated;
import io.raftoral.workflow.annotation.SideEffect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starting workflow classes on a real node: typed as far as Java allows, and checked at once where it does not. */
@Timeout(60)
class TypedClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;

  record Order(String item, int cents) {}

  record Receipt(String item, int paid) {}

  /** A service. */
  interface Bank {
    int charge(int cents);
  }

  @DistributedWorkflow
  static class Checkout {
    private final Bank bank;
    @Replicated private int paid;

    Checkout(Bank bank) {
      this.bank = bank;
    }

    public Receipt run(Order order) {
      paid = charge(order.cents());
      if (paid < 0) {
        throw new IllegalStateException("no money");
      }
      return new Receipt(order.item(), paid);
    }

    @SideEffect
    private int charge(int cents) {
      return bank.charge(cents);
    }
  }

  @DistributedWorkflow
  static class Several {
    public List<Receipt> run(List<Order> orders, int times) {
      return orders.stream().map(order -> new Receipt(order.item(), order.cents() * times)).toList();
    }
  }

  @DistributedWorkflow
  static class Nothing {
    public void go() {}
  }

  @Test
  void resultsAreTypedAndArgumentsChecked() {
    Bank bank = cents -> cents > 100 ? -1 : cents;
    try (RaftoralNode node =
        Raftoral.node("n1")
            .listen("127.0.0.1:0")
            .peers("n1=127.0.0.1:0")
            .dataDir(directory)
            .register(Checkout.class, bank)
            .register(Several.class)
            .register(Nothing.class)
            .start()) {
      RaftoralClient client = node.client();

      Receipt byClass = client.start(Checkout.class, "a", new Order("book", 5)).result();
      Receipt byMethod = client.start(Checkout::run, "b", new Order("pen", 7)).result(PATIENCE);
      List<Receipt> several = client.start(Several::run, "c", List.of(new Order("x", 2)), 3).result(PATIENCE);
      client.start(Nothing.class, "d").result(PATIENCE);

      assertThat(byClass).isEqualTo(new Receipt("book", 5));
      assertThat(byMethod).isEqualTo(new Receipt("pen", 7));
      assertThat(several).containsExactly(new Receipt("x", 6));
      assertThat(client.find(Checkout.class, "a").<Receipt>result(PATIENCE)).isEqualTo(byClass);
      assertThat(client.start("Several", "e", "[[{\"item\":\"y\",\"cents\":1}],2]").result(PATIENCE))
          .isEqualTo("[{\"item\":\"y\",\"paid\":2}]");

      assertThatThrownBy(() -> client.start(Checkout.class, "f", "book"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("Checkout.run(Order) was called with (String)");
      assertThatThrownBy(() -> client.start(Checkout.class, "f"))
          .hasMessageContaining("Checkout.run(Order) was called with ()");
      assertThatThrownBy(() -> client.start((Checkout each, Order order) -> each.run(order), "f", new Order("x", 1)))
          .hasMessageContaining("Checkout is started by its entry method, Checkout::run");
      assertThatThrownBy(() -> client.start(Checkout::run, "g", new Order("car", 999)).result(PATIENCE))
          .isInstanceOf(WorkflowFailedException.class)
          .hasMessageContaining("no money");
    }
  }
}
