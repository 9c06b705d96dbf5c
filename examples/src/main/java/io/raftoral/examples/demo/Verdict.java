package io.raftoral.examples.demo;

import io.raftoral.examples.orders.Expectation;
import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrderFulfilment;
import io.raftoral.examples.service.EffectCall;
import io.raftoral.examples.service.MemoryLedger;
import io.raftoral.workflow.NodeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges the evidence.
 *
 * @param rows every order, in the file's order
 * @param lost checkpoints that were committed and are gone, one line each
 * @param stray calls by nodes that were passive, one line each
 * @param other whatever else is wrong, orders' own problems apart
 */
record Verdict(List<Row> rows, List<String> lost, List<String> stray, List<String> other) {
  /**
   * A node that has just been deposed may still be beginning a call that it was allowed to make: the thread checks, is
   * suspended, and goes on. Longer than this it cannot take. What is never tolerated, not for a moment, is a call by one
   * node after another has become active.
   */
  static final long TOLERANCE_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * One order.
   *
   * @param outcome what became of it, in a word
   * @param calls by the effect's name; an effect that was never called is absent
   * @param problems what is wrong with it; empty if nothing is
   */
  record Row(
      Order order, Expectation expectation, String outcome, Map<String, Calls> calls, List<String> problems) {
    Calls calls(String effect) {
      return calls.getOrDefault(effect, Calls.NONE);
    }
  }

  /**
   * How often an effect was called.
   *
   * @param effective how many calls counted: different idempotency keys
   * @param executions how many were made
   */
  record Calls(int effective, int executions) {
    static final Calls NONE = new Calls(0, 0);

    Calls plus(Calls other) {
      return new Calls(effective + other.effective, executions + other.executions);
    }
  }

  /** Whether every promise was kept. */
  boolean ok() {
    return problems().isEmpty() && rows.stream().allMatch(row -> row.problems().isEmpty());
  }

  /** What is wrong, one line each, orders' own problems apart; empty if nothing is. */
  List<String> problems() {
    return Stream.of(lost, stray, other).flatMap(List::stream).toList();
  }

  /** All calls of one effect. */
  Calls total(String effect) {
    return rows.stream().map(row -> row.calls(effect)).reduce(Calls.NONE, Calls::plus);
  }

  /** Judges. */
  static Verdict of(Evidence evidence) {
    Map<String, Map<String, Calls>> calls = new HashMap<>();
    for (MemoryLedger.Entry entry : evidence.calls()) {
      calls
          .computeIfAbsent(entry.call().workflow(), id -> new TreeMap<>())
          .merge(entry.call().step(), new Calls(entry.effective() ? 1 : 0, 1), Calls::plus);
    }
    List<Row> rows = new ArrayList<>();
    for (Order order : evidence.orders()) {
      Map<String, Calls> made = calls.getOrDefault(evidence.prefix() + order.id(), Map.of());
      rows.add(row(order, evidence.ends().get(order.id()), made));
    }
    List<String> problems = new ArrayList<>(evidence.problems());
    if (evidence.failoverNanos().isEmpty()) {
      problems.add("no checkpoint was committed after " + evidence.killing().node() + " was killed");
    }
    if (evidence.restart().isEmpty()) {
      problems.add(evidence.killing().node() + " did not catch up after its restart");
    }
    digestProblem(evidence.statuses()).ifPresent(problems::add);
    return new Verdict(List.copyOf(rows), evidence.lost(), strayCalls(evidence), List.copyOf(problems));
  }

  private static Row row(Order order, @Nullable OrderEnd end, Map<String, Calls> calls) {
    Expectation expectation = Expectation.of(order);
    List<String> problems = new ArrayList<>();
    String outcome =
        switch (end) {
          case null -> {
            problems.add("nothing is known of it");
            yield "unknown";
          }
          case OrderEnd.Trouble trouble -> {
            problems.add(trouble.what());
            yield "trouble";
          }
          case OrderEnd.Receipt(var receipt) -> {
            if (receipt.status() != expectation.status()) {
              problems.add("ended as " + receipt.status().label() + ", not as " + expectation.status().label());
            }
            if (!receipt.orderId().equals(order.id())) {
              problems.add("has the receipt of order " + receipt.orderId());
            }
            yield receipt.status().label();
          }
        };
    for (String effect : OrderFulfilment.EFFECTS) {
      Calls made = calls.getOrDefault(effect, Calls.NONE);
      if (made.effective() != expectation.calls(effect)) {
        problems.add(
            effect + " took effect " + times(made.effective()) + " instead of " + times(expectation.calls(effect)));
      }
    }
    return new Row(order, expectation, outcome, Map.copyOf(calls), List.copyOf(problems));
  }

  /** Calls by a node that was not active in the term that it claimed. */
  private static List<String> strayCalls(Evidence evidence) {
    List<String> stray = new ArrayList<>();
    for (MemoryLedger.Entry entry : evidence.calls()) {
      EffectCall call = entry.call();
      String what =
          "%s of %s ran on %s with term %d, ".formatted(call.step(), call.workflow(), call.node(), call.term());
      Optional<Reign> own =
          evidence.reigns().stream()
              .filter(reign -> reign.node().equals(call.node()) && reign.term() == call.term())
              .findFirst();
      if (own.isEmpty()) {
        stray.add(what + "in which that node was never active");
        continue;
      }
      if (!own.get().open() && entry.nanoTime() - own.get().until() > TOLERANCE_NANOS) {
        stray.add(what + "after that node had ceased to be active");
      }
      for (Reign later : evidence.reigns()) {
        if (later.term() > call.term() && entry.nanoTime() - later.from() > 0) {
          stray.add(what + "when " + later.node() + " was active in term " + later.term());
          break;
        }
      }
    }
    return stray;
  }

  private static Optional<String> digestProblem(List<NodeStatus> statuses) {
    List<String> silent =
        statuses.stream().filter(status -> !status.reachable()).map(NodeStatus::node).toList();
    if (!silent.isEmpty()) {
      return Optional.of("at the end, " + String.join(" and ", silent) + " did not answer");
    }
    if (converged(statuses)) {
      return Optional.empty();
    }
    return Optional.of(
        statuses.stream()
            .map(status -> status.node() + " has " + shortDigest(status) + " at index " + status.digestIndex())
            .collect(Collectors.joining(", ", "the replicated states differ: ", "")));
  }

  /** Whether all nodes have the same state at the same index. */
  static boolean converged(List<NodeStatus> statuses) {
    return !statuses.isEmpty()
        && statuses.stream().allMatch(NodeStatus::reachable)
        && statuses.stream().map(NodeStatus::digestIndex).distinct().count() == 1
        && statuses.stream().map(NodeStatus::stateDigest).distinct().count() == 1;
  }

  static String shortDigest(NodeStatus status) {
    return status.stateDigest().substring(0, Math.min(16, status.stateDigest().length()));
  }

  private static String times(int n) {
    return switch (n) {
      case 0 -> "never";
      case 1 -> "once";
      case 2 -> "twice";
      default -> n + " times";
    };
  }
}
