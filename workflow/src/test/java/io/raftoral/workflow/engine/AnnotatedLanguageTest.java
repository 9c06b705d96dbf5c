package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.ReplicatedList;
import io.raftoral.workflow.ReplicatedMap;
import io.raftoral.workflow.RunDescription.Checkpoint;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.Workflow;
import io.raftoral.workflow.annotated.Registration;
import io.raftoral.workflow.annotation.DistributedWorkflow;
import io.raftoral.workflow.annotation.Replicated;
import io.raftoral.workflow.annotation.SideEffect;
import io.raftoral.workflow.lint.LintPolicy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What Java has, in annotated workflows: everything that javac makes of it has to survive weaving. */
@SuppressWarnings({"NullAway", "UnnecessaryLambda", "UnusedVariable"}) // written as an application may write it
class AnnotatedLanguageTest {
  private static final List<String> CALLS = new ArrayList<>();

  private TestCluster run(Class<?> type, String input, Object... dependencies) {
    CALLS.clear();
    TestCluster cluster = TestCluster.of(3, Registration.of(type, true, LintPolicy.NONE, dependencies));
    cluster.elect(1);
    cluster.settle();
    cluster.submit(type.getSimpleName(), "w", input);
    cluster.settle();
    assertThat(cluster.node(1).blocked).isEmpty();
    assertThat(cluster.node(2).blocked).isEmpty();
    return cluster;
  }

  private static String result(TestCluster cluster) {
    RunEnd end = end(cluster);
    assertThat(end.failureType()).as(end.failureMessage()).isNull();
    return end.result();
  }

  private static RunEnd end(TestCluster cluster) {
    CompletableFuture<RunEnd> end = cluster.engine(2).awaitEnd("w");
    cluster.settle();
    assertThat(end).as("the run has ended").isCompleted();
    return end.join();
  }

  private static List<String> journal(TestCluster cluster) {
    return cluster.describe(2, "w").journal().stream().map(AnnotatedLanguageTest::shown).toList();
  }

  private static String shown(Checkpoint checkpoint) {
    return checkpoint.name() + (checkpoint.value().isEmpty() ? "" : " " + checkpoint.value());
  }

  record Item(String name, int cents) {}

  sealed interface Shape {
    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}
  }

  enum Stage {
    NEW,
    DONE {
      @Override
      boolean last() {
        return true;
      }
    };

    boolean last() {
      return false;
    }
  }

  /** A private constructor and a private field, of a class that is not woven. */
  private static final class Helper {
    private final int factor;

    private Helper(int factor) {
      this.factor = factor;
    }

    private int times(int value) {
      return value * factor;
    }

    private static int twice(int value) {
      return value * 2;
    }
  }

  @DistributedWorkflow
  static class Assignments {
    @Replicated int a;
    @Replicated private long b = 5;
    @Replicated private double c = 0.5;
    @Replicated private String s = "x";
    @Replicated private boolean flag;
    @Replicated private Stage stage = Stage.NEW;
    @Replicated private Integer boxed;
    private int local;

    public String run(int start) {
      a = start;
      a++;
      int before = a++;
      a += 10;
      b <<= 2;
      c *= 3;
      s += "y" + before;
      flag = !flag;
      stage = Stage.DONE;
      boxed = boxed == null ? 1 : boxed + 1;
      local++;
      this.a = this.a = 7;
      return a + " " + b + " " + c + " " + s + " " + flag + " " + stage + " " + boxed + " " + local + stage.last();
    }
  }

  @Test
  void everyFormOfAssignmentIsACheckpoint() {
    TestCluster cluster = run(Assignments.class, "1");

    assertThat(result(cluster)).isEqualTo("\"7 20 1.5 xy2 true DONE 1 1true\"");
    assertThat(journal(cluster))
        .startsWith("a 1", "a 2", "a 3", "a 13", "b 20", "c 1.5", "s \"xy2\"", "flag true", "stage \"DONE\"", "boxed 1", "a 7", "a 7");
  }

  @DistributedWorkflow
  static class Nested {
    @Replicated private int count;
    @Replicated private Item last = new Item("none", 0);
    private final Supplier<Integer> reader = () -> count;
    private final IntConsumer adder = n -> count += n;

    class Inner {
      private int calls;

      void bump() {
        calls++;
        count++;
        new Object() {
          void again() {
            count++;
          }
        }.again();
      }

      class Deeper {
        Deeper() {
          count += 100;
        }
      }
    }

    static class Friend {
      private void poke(Nested workflow) {
        workflow.count += 1000;
      }
    }

    interface Step {
      void go(Nested workflow);
    }

    public String run() {
      Runnable lambda = () -> count++;
      lambda.run();
      adder.accept(10);
      Inner inner = new Inner();
      inner.bump();
      inner.new Deeper();
      new Friend().poke(this);
      Step step = workflow -> workflow.count += 10000;
      step.go(this);
      class Local {
        void set() {
          last = new Item("local", count);
        }
      }
      new Local().set();
      IntStream.range(0, 2).forEach(i -> count += i);
      return count + " " + reader.get() + " " + last + " " + inner.calls;
    }
  }

  @Test
  void lambdasInnerAndLocalClassesAssignTheSameField() {
    TestCluster cluster = run(Nested.class, "null");

    assertThat(result(cluster)).isEqualTo("\"11114 11114 Item[name=local, cents=11113] 1\"");
    assertThat(cluster.variables(3, "w")).containsEntry("count", "11114");
  }

  @DistributedWorkflow
  static class Effects {
    private final Function<Item, Integer> price;

    Effects(Function<Item, Integer> price) {
      this.price = price;
    }

    @SideEffect
    private int priceOf(Item item) {
      CALLS.add("priceOf " + item.name() + " " + Workflow.effect().effect());
      int cents = price.apply(item);
      long wide = cents;
      String text = "c" + cents;
      return (int) (wide + text.length() - text.length());
    }

    @SideEffect(name = "all-items")
    List<Item> items(long from, double factor, int count) {
      CALLS.add("items");
      return IntStream.range(0, count).mapToObj(i -> new Item("i" + from + factor, i)).toList();
    }

    @SideEffect
    static Shape shape() {
      CALLS.add("shape");
      return new Shape.Square(3);
    }

    @SideEffect
    private void nothing() {
      CALLS.add("nothing");
      CALLS.add("nested " + priceOf(new Item("x", 1)));
    }

    @SideEffect
    private BigDecimal exact() {
      return new BigDecimal("1.10");
    }

    @SideEffect
    private Map<String, Item> map() {
      return Map.of("k", new Item("m", 1));
    }

    public String run(Item item) {
      Function<Item, Integer> reference = this::priceOf;
      nothing();
      int sum = reference.apply(item) + priceOf(item);
      List<Item> items = items(7L, 0.5, 2);
      Shape shape = shape();
      int size = switch (shape) {
        case Shape.Circle(int radius) -> radius;
        case Shape.Square(int side) -> side * side;
      };
      return sum + " " + items.get(1).name() + " " + size + " " + exact() + " " + map().get("k").cents();
    }
  }

  @Test
  void sideEffectsOfAnySignatureRunOnceAndOnTheLeaderOnly() {
    Function<Item, Integer> price = Item::cents;
    TestCluster cluster = run(Effects.class, "{\"name\":\"book\",\"cents\":5}", price);

    assertThat(result(cluster)).isEqualTo("\"10 i70.5 9 1.10 1\"");
    assertThat(CALLS)
        .containsExactly(
            "nothing", "priceOf x nothing", "nested 1", "priceOf book priceOf", "priceOf book priceOf", "items", "shape");
    assertThat(cluster.describe(3, "w").journal()).extracting(Checkpoint::name)
        .startsWith("nothing", "priceOf", "priceOf", "all-items", "shape", "exact", "map");
  }

  static class DeclinedException extends Exception {
    private static final long serialVersionUID = 1L;

    DeclinedException(String message) {
      super(message);
    }
  }

  @DistributedWorkflow
  static class Throws {
    @Replicated private int attempts;

    @SideEffect
    private String charge() throws DeclinedException {
      if (attempts < 3) {
        throw new DeclinedException("no money");
      }
      return "paid";
    }

    public String run() throws DeclinedException {
      while (true) {
        attempts++;
        try {
          return charge();
        } catch (DeclinedException e) {
          if (attempts == 4) {
            throw e;
          }
        }
      }
    }
  }

  @Test
  void exceptionsOfSideEffectsAreCaughtByTheirType() {
    TestCluster cluster = run(Throws.class, "null");

    assertThat(result(cluster)).isEqualTo("\"paid\"");
    assertThat(cluster.variables(2, "w")).containsEntry("attempts", "3");
  }

  abstract static class Base<T> {
    @Replicated protected T state;
    @Replicated private int steps;

    Base(T initial) {
      state = initial;
    }

    protected void step(T next) {
      steps++;
      state = next;
    }

    abstract T next(T present);

    public T run(T input) {
      for (int i = 0; i < 2; i++) {
        step(next(state));
      }
      return state;
    }
  }

  @DistributedWorkflow
  static class Derived extends Base<String> {
    @Replicated private int own;

    Derived() {
      super("s");
    }

    @Override
    @SideEffect
    String next(String present) {
      CALLS.add(present);
      return present + "+";
    }

    @Override
    public String run(String input) {
      own++;
      return super.run(input) + input;
    }
  }

  @Test
  void superclassesGenericsAndOverriddenSideEffectsWork() {
    TestCluster cluster = run(Derived.class, "\"!\"");

    assertThat(result(cluster)).isEqualTo("\"s++!\"");
    assertThat(CALLS).containsExactly("s", "s+");
    assertThat(journal(cluster)).startsWith("own 1", "next \"s+\"", "steps 1", "state \"s+\"", "next \"s++\"", "steps 2", "state \"s++\"");
  }

  @DistributedWorkflow
  static class Private {
    @Replicated private int count;
    private static int shared = 40;

    private record Pair(int left, int right) {
      private int sum() {
        return left + right;
      }
    }

    public int run(int a, long b, List<Item> items) {
      Helper helper = new Helper(new Helper(2).times(1) > 0 ? 3 : 4);
      count = helper.times(a) + helper.factor + Helper.twice(2);
      Function<Integer, Helper> make = Helper::new;
      count += make.apply(2).factor;
      Function<Integer, Integer> times = helper::times;
      count += times.apply(1);
      new Helper(1);
      shared++;
      CALLS.add("s" + shared);
      Pair pair = new Pair(1, (int) b);
      return count + pair.left + pair.sum() + items.getFirst().cents();
    }
  }

  @Test
  void privateMembersOfTheSameSourceFileAreReached() {
    Private.shared = 40;
    TestCluster cluster = run(Private.class, "[1, 20, [{\"name\":\"x\",\"cents\":300}]]");

    // 3*1 + 3 + 4, + 2, + 3; 1 + 21 + 300
    assertThat(result(cluster)).isEqualTo("" + (15 + 1 + 21 + 300));
    assertThat(Private.shared).as("static fields are those of the class itself").isEqualTo(43);
  }

  @DistributedWorkflow
  static class Failing {
    @Replicated private int count;

    public void run() {
      count++;
      deeper(() -> { throw new IllegalStateException(trace(new Throwable())); });
    }

    private void deeper(Runnable runnable) {
      runnable.run();
    }

    private static String trace(Throwable here) {
      StackTraceElement top = here.getStackTrace()[0];
      return top.getFileName() + ":" + (top.getLineNumber() > 0) + ":" + top.getMethodName().startsWith("lambda$run");
    }
  }

  @Test
  void linesAndNamesOfMethodsAreKept() {
    TestCluster cluster = run(Failing.class, "null");

    assertThat(cluster.describe(1, "w").summary().status()).isEqualTo(RunStatus.FAILED);
    assertThat(end(cluster).failureMessage())
        .isEqualTo("AnnotatedLanguageTest.java:true:true");
  }

  @DistributedWorkflow
  static class Collections {
    private final ReplicatedList<Item> items = new ReplicatedList<>("items");
    private final ReplicatedMap<String, Integer> stock = new ReplicatedMap<>("stock");

    public String run() {
      items.add(new Item("a", 1));
      items.addAll(List.of(new Item("b", 2), new Item("c", 3)));
      items.removeIf(item -> item.cents() == 2);
      stock.put("z", 1);
      stock.merge("a", 2, Integer::sum);
      stock.remove("nothing");
      stock.remove("z");
      return items.size() + " " + items.get(1).name() + " " + stock;
    }
  }

  @Test
  void changesOfReplicatedCollectionsAreCheckpoints() {
    TestCluster cluster = run(Collections.class, "null");

    assertThat(result(cluster)).isEqualTo("\"2 c {a=2}\"");
    assertThat(cluster.variables(3, "w"))
        .containsEntry("items", "[{\"cents\":1,\"name\":\"a\"},{\"cents\":3,\"name\":\"c\"}]")
        .containsEntry("stock", "{\"a\":2}");
    assertThat(cluster.describe(3, "w").journal()).hasSize(7);
  }

  @Test
  void outsideARunAWorkflowClassIsAnOrdinaryOne() throws DeclinedException {
    CALLS.clear();
    assertThat(new Derived().run("!")).isEqualTo("s++!");
    assertThat(new Effects(Item::cents)).isNotNull();
    assertThat(CALLS).containsExactly("s", "s+");
  }
}
