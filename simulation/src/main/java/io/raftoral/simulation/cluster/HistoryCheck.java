package io.raftoral.simulation.cluster;

import io.raftoral.simulation.cluster.History.Answered;
import io.raftoral.simulation.cluster.History.Placed;
import io.raftoral.simulation.linearizability.CheckResult;
import io.raftoral.simulation.linearizability.LinearizabilityChecker;
import io.raftoral.simulation.linearizability.Register;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.linearizability.Register.Output;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether the clients saw one copy of the data.
 *
 * <p>The log names an order: each command at the place where it was first applied, each read after the entries that its
 * node had applied. If the registers' specification, run in that order, gives every answer, and no operation stands
 * before one that was answered before it was called, then the order proves the history linearizable, in O(n log n). Only
 * where it does not, the search decides, on the register in question.
 */
public final class HistoryCheck {
  private static final long BUDGET_STEPS = 5_000_000;

  private HistoryCheck() {}

  /**
   * What was found.
   *
   * @param byLog whether the log's order was proof enough
   * @param problem null if all is well
   */
  public record Outcome(boolean byLog, boolean undecided, @Nullable String problem) {}

  private record Step(long position, long callNanos, long returnNanos, Input input, @Nullable Output output) {}

  /** Checks a history. */
  public static Outcome check(History history) {
    NavigableMap<Integer, String> suspects = suspects(history);
    if (suspects.isEmpty()) {
      return new Outcome(true, false, null);
    }
    boolean undecided = false;
    for (Map.Entry<Integer, String> suspect : suspects.entrySet()) {
      CheckResult result =
          new LinearizabilityChecker(BUDGET_STEPS).check(Register.MODEL, history.operations(suspect.getKey()));
      switch (result.verdict()) {
        case LINEARIZABLE -> {}
        case UNKNOWN -> undecided = true;
        case ILLEGAL -> {
          return new Outcome(false, false, suspect.getValue() + "\n" + result.explained());
        }
      }
    }
    String first = suspects.firstEntry().getValue();
    return new Outcome(false, undecided, undecided ? first + "\nthe search for another order was not finished" : null);
  }

  /** Registers whose answers the log's order does not explain, with the first reason. */
  private static NavigableMap<Integer, String> suspects(History history) {
    NavigableMap<Integer, String> suspects = new TreeMap<>();
    TreeMap<Integer, List<Step>> steps = new TreeMap<>();
    Map<Long, Placed> placed = new HashMap<>();
    for (Placed command : history.placedCommands()) {
      placed.put(id(command.client(), command.sequence()), command);
    }
    TreeSet<Long> answeredIds = new TreeSet<>();
    for (Answered answer : history.answeredCalls()) {
      Input input = answer.call().input();
      long position = answer.position();
      if (!(input instanceof Input.Read)) {
        long id = id(answer.call().client(), answer.call().sequence());
        Placed command = placed.get(id);
        if (command == null) {
          suspects.putIfAbsent(input.key(), "answered, but in no log: " + Register.MODEL.describe(input, answer.output()));
          continue;
        }
        position = command.position();
        answeredIds.add(id);
      }
      steps.computeIfAbsent(input.key(), key -> new ArrayList<>())
          .add(new Step(position, answer.call().callNanos(), answer.returnNanos(), input, answer.output()));
    }
    for (Placed command : history.placedCommands()) {
      if (!answeredIds.contains(id(command.client(), command.sequence()))) {
        steps.computeIfAbsent(command.input().key(), key -> new ArrayList<>())
            .add(new Step(command.position(), Long.MAX_VALUE, Long.MAX_VALUE, command.input(), null));
      }
    }
    steps.forEach(
        (key, ofKey) -> {
          String problem = problem(ofKey);
          if (problem != null) {
            suspects.putIfAbsent(key, problem);
          }
        });
    return suspects;
  }

  private static @Nullable String problem(List<Step> steps) {
    steps.sort(Comparator.comparingLong(Step::position));
    long value = Register.MODEL.initial();
    for (Step step : steps) {
      Output output = step.output();
      long after = Register.MODEL.stepUnknown(value, step.input());
      if (output != null && Register.MODEL.step(value, step.input(), output).isEmpty()) {
        return "by the log the register held " + value + " before " + Register.MODEL.describe(step.input(), output);
      }
      value = after;
    }
    return realTimeProblem(steps);
  }

  /** Walking backwards, the earliest return seen so far must not lie before a call that the log has earlier. */
  private static @Nullable String realTimeProblem(List<Step> byPosition) {
    long earliestReturn = Long.MAX_VALUE;
    Step earliest = null;
    for (int i = byPosition.size() - 1; i >= 0; ) {
      // Reads at one position have no order among themselves.
      int from = i;
      while (from > 0 && byPosition.get(from - 1).position() == byPosition.get(i).position()) {
        from--;
      }
      for (int j = from; j <= i; j++) {
        Step step = byPosition.get(j);
        if (earliest != null && step.output() != null && step.callNanos() > earliestReturn) {
          return "answered before the other was called, but later in the log: "
              + Register.MODEL.describe(earliest.input(), earliest.output())
              + " and "
              + Register.MODEL.describe(step.input(), step.output());
        }
      }
      for (int j = from; j <= i; j++) {
        Step step = byPosition.get(j);
        if (step.returnNanos() < earliestReturn) {
          earliestReturn = step.returnNanos();
          earliest = step;
        }
      }
      i = from - 1;
    }
    return null;
  }

  private static long id(int client, long sequence) {
    return ((long) client << 40) + sequence;
  }
}
