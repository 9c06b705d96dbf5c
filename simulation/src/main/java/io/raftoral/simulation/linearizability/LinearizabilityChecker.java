package io.raftoral.simulation.linearizability;

import io.raftoral.simulation.linearizability.CheckResult.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history is linearizable (Herlihy and Wing, 1990): whether each operation can be given one instant
 * between its call and its answer, so that the answers are those of the {@link Model} run in the order of these instants.
 *
 * <p>The search is that of Wing and Gong (1993): try every operation that may come first, undo, try the next. With Lowe's
 * memoization (2016) a set of linearized operations together with a state is never visited twice. Parts of the model are
 * checked one by one. An operation without an answer may be linearized anywhere after its call, or never.
 *
 * <p>Deciding is NP-complete; hence the budget, in steps of the model so that it does not depend on the machine.
 */
public final class LinearizabilityChecker {
  /** What a check may cost unless said otherwise. */
  public static final long DEFAULT_BUDGET_STEPS = 20_000_000;

  private static final int SHOWN_OPERATIONS = 12;

  private final long budgetSteps;

  /** A checker with the default budget. */
  public LinearizabilityChecker() {
    this(DEFAULT_BUDGET_STEPS);
  }

  /**
   * A checker that gives up after so many steps.
   *
   * @param budgetSteps positive; for the whole history
   */
  public LinearizabilityChecker(long budgetSteps) {
    if (budgetSteps < 1) {
      throw new IllegalArgumentException("the budget must be positive, but is " + budgetSteps);
    }
    this.budgetSteps = budgetSteps;
  }

  /** Checks a history; the operations may come in any order. One illegal part outweighs undecided ones. */
  public <S, I, O> CheckResult check(Model<S, I, O> model, List<Operation<I, O>> history) {
    Map<Object, List<Operation<I, O>>> parts = new LinkedHashMap<>();
    for (Operation<I, O> operation : history) {
      parts.computeIfAbsent(model.part(operation.input()), key -> new ArrayList<>()).add(operation);
    }
    long steps = 0;
    boolean undecided = false;
    for (Map.Entry<Object, List<Operation<I, O>>> part : parts.entrySet()) {
      Search<S, I, O> search = new Search<>(model, part.getValue(), budgetSteps - steps);
      Verdict verdict = search.run();
      steps += search.steps;
      if (verdict == Verdict.ILLEGAL) {
        return new CheckResult(verdict, search.explain(part.getKey()), steps);
      }
      undecided |= verdict == Verdict.UNKNOWN;
    }
    return new CheckResult(undecided ? Verdict.UNKNOWN : Verdict.LINEARIZABLE, null, steps);
  }

  /** A call or a return in the time line, doubly linked so that an operation can be taken out and put back in O(1). */
  private static final class Mark {
    final int operation;
    final long timeNanos;
    final boolean call;
    @Nullable Mark match;
    @Nullable Mark previous;
    @Nullable Mark next;

    Mark(int operation, long timeNanos, boolean call) {
      this.operation = operation;
      this.timeNanos = timeNanos;
      this.call = call;
    }
  }

  private record Visited<S>(BitSet linearized, S state) {}

  private record Choice<S>(Mark call, S before) {}

  private static final class Search<S, I, O> {
    private final Model<S, I, O> model;
    private final List<Operation<I, O>> operations;
    private final long budget;
    private final Mark head = new Mark(-1, Long.MIN_VALUE, false);
    private final Mark pendingHead = new Mark(-1, Long.MIN_VALUE, false);
    private final Set<Visited<S>> visited = new HashSet<>();
    private final ArrayDeque<Choice<S>> choices = new ArrayDeque<>();
    private List<Integer> deepest = List.of();
    private @Nullable S deepestState;
    private int deepestBlocked = -1;
    private int deepestAnswered = -1;
    long steps;

    Search(Model<S, I, O> model, List<Operation<I, O>> operations, long budget) {
      this.model = model;
      this.operations = operations;
      this.budget = budget;
    }

    Verdict run() {
      int unanswered = link();
      int answered = operations.size() - unanswered;
      int left = answered;
      S state = model.initial();
      BitSet linearized = new BitSet(operations.size());
      Mark mark = first();
      while (left > 0) {
        if (mark != null) {
          if (++steps > budget) {
            return Verdict.UNKNOWN;
          }
          Operation<I, O> operation = operations.get(mark.operation);
          Optional<S> after = step(state, operation);
          // What nobody saw the end of may as well never happen, unless it changes something.
          boolean idle = operation.pending() && after.isPresent() && after.get().equals(state);
          if (after.isPresent() && !idle && visit(linearized, mark.operation, after.get())) {
            choices.push(new Choice<>(mark, state));
            state = after.get();
            linearized.set(mark.operation);
            lift(mark);
            left -= operation.pending() ? 0 : 1;
            mark = first();
          } else {
            mark = after(mark);
          }
          continue;
        }
        // A return whose call is not linearized yet, and nothing can come before it: something was chosen too late. Undo.
        remember(state, firstReturn(), answered - left);
        if (choices.isEmpty()) {
          return Verdict.ILLEGAL;
        }
        Choice<S> choice = choices.pop();
        state = choice.before();
        linearized.clear(choice.call().operation);
        unlift(choice.call());
        left += operations.get(choice.call().operation).pending() ? 0 : 1;
        mark = after(choice.call());
      }
      return Verdict.LINEARIZABLE;
    }

    /** The first operation that may come next. Those that were answered are tried before those that never were. */
    private @Nullable Mark first() {
      return head.next != null && head.next.call ? head.next : firstPending(pendingHead.next);
    }

    private @Nullable Mark after(Mark call) {
      if (call.match == null) {
        return firstPending(call.next);
      }
      return call.next != null && call.next.call ? call.next : firstPending(pendingHead.next);
    }

    /** Calls without an answer wait in a line of their own; they may come next if they were made before the next return. */
    private @Nullable Mark firstPending(@Nullable Mark from) {
      Mark limit = firstReturn();
      return from != null && limit != null && from.timeNanos <= limit.timeNanos ? from : null;
    }

    private @Nullable Mark firstReturn() {
      Mark mark = head.next;
      while (mark != null && mark.call) {
        mark = mark.next;
      }
      return mark;
    }

    private Optional<S> step(S state, Operation<I, O> operation) {
      O output = operation.output();
      return output == null
          ? Optional.of(model.stepUnknown(state, operation.input()))
          : model.step(state, operation.input(), output);
    }

    private boolean visit(BitSet linearized, int operation, S after) {
      BitSet now = (BitSet) linearized.clone();
      now.set(operation);
      return visited.add(new Visited<>(now, after));
    }

    /** Builds the time line; calls before returns at the same instant, which is the more permissive reading. */
    private int link() {
      List<Mark> marks = new ArrayList<>(2 * operations.size());
      int unanswered = 0;
      for (int i = 0; i < operations.size(); i++) {
        Operation<I, O> operation = operations.get(i);
        Mark call = new Mark(i, operation.callNanos(), true);
        marks.add(call);
        if (operation.pending()) {
          unanswered++;
        } else {
          Mark answer = new Mark(i, operation.returnNanos(), false);
          call.match = answer;
          marks.add(answer);
        }
      }
      marks.sort(
          Comparator.<Mark>comparingLong(m -> m.timeNanos)
              .thenComparingInt(m -> m.call ? 0 : 1)
              .thenComparingInt(m -> m.operation));
      Mark last = head;
      Mark lastPending = pendingHead;
      for (Mark mark : marks) {
        boolean pending = mark.call && mark.match == null;
        Mark before = pending ? lastPending : last;
        before.next = mark;
        mark.previous = before;
        if (pending) {
          lastPending = mark;
        } else {
          last = mark;
        }
      }
      return unanswered;
    }

    private static void lift(Mark call) {
      takeOut(call);
      if (call.match != null) {
        takeOut(call.match);
      }
    }

    private static void unlift(Mark call) {
      if (call.match != null) {
        putBack(call.match);
      }
      putBack(call);
    }

    private static void takeOut(Mark mark) {
      Mark previous = mark.previous;
      if (previous != null) {
        previous.next = mark.next;
      }
      if (mark.next != null) {
        mark.next.previous = previous;
      }
    }

    private static void putBack(Mark mark) {
      if (mark.previous != null) {
        mark.previous.next = mark;
      }
      if (mark.next != null) {
        mark.next.previous = mark;
      }
    }

    private void remember(S state, @Nullable Mark blocked, int answeredSoFar) {
      if (answeredSoFar > deepestAnswered) {
        deepestAnswered = answeredSoFar;
        deepestState = state;
        deepestBlocked = blocked == null ? -1 : blocked.operation;
        List<Integer> order = new ArrayList<>(choices.size());
        choices.descendingIterator().forEachRemaining(choice -> order.add(choice.call().operation));
        deepest = order;
      }
    }

    /** The longest explanation that was found, where it ends, and which answers cannot come next. */
    String explain(Object part) {
      StringBuilder text = new StringBuilder();
      text.append("part ").append(part).append(": no order explains all answers\n");
      text.append("  longest explanation: ").append(deepestAnswered).append(" answers");
      int from = Math.max(0, deepest.size() - SHOWN_OPERATIONS);
      text.append(from > 0 ? ", the last of them:\n" : ":\n");
      for (int i = from; i < deepest.size(); i++) {
        append(text, "    ", operations.get(deepest.get(i)));
      }
      text.append("  state then: ").append(deepestState).append('\n');
      if (deepestBlocked >= 0) {
        Operation<I, O> blocked = operations.get(deepestBlocked);
        text.append("  must come next, but cannot:\n");
        append(text, "    ", blocked);
        text.append("  beside it:\n");
        BitSet done = new BitSet();
        deepest.forEach(done::set);
        int shown = 0;
        for (int i = 0; i < operations.size() && shown < SHOWN_OPERATIONS; i++) {
          Operation<I, O> other = operations.get(i);
          if (i != deepestBlocked && !done.get(i) && other.callNanos() <= blocked.returnNanos()) {
            append(text, "    ", other);
            shown++;
          }
        }
      }
      return text.toString();
    }

    private void append(StringBuilder text, String indent, Operation<I, O> operation) {
      text.append(indent)
          .append("process ")
          .append(operation.process())
          .append(": ")
          .append(model.describe(operation.input(), operation.output()))
          .append("  [")
          .append(millis(operation.callNanos()))
          .append(" .. ")
          .append(operation.pending() ? "never" : millis(operation.returnNanos()))
          .append("]\n");
    }

    private static String millis(long nanos) {
      return nanos / 1_000_000 + "." + String.format(java.util.Locale.ROOT, "%03d", nanos / 1000 % 1000) + " ms";
    }
  }
}
