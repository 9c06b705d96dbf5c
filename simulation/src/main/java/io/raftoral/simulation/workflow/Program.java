package io.raftoral.simulation.workflow;

import io.raftoral.simulation.world.SimRandom;
import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;

/**
 * A workflow that interprets its input, one letter an operation, and folds every value that it sees into a number. It
 * assigns the number, shows it to the outside world and returns it: so a journal whose outcomes were not computed from
 * one another gives itself away.
 *
 * <pre>
 * a  assigns what was seen so far     c  computes a fresh value
 * n  reads the clock                  u  draws a UUID
 * t  sleeps for less than a second    T  sleeps for two seconds
 * l  effect, at least once            m  effect, at most once
 * r  likewise l, with retries         R  likewise m, retried if it proves that it did not happen
 * x  effect with a time-out           k  waits until everything is committed
 * !  throws
 * </pre>
 */
final class Program {
  static final String TYPE = "program";
  /** The name of the effects that have a time-out. */
  static final String TIMED = "timed";

  static final String UNKNOWN = "unknown";
  static final String FAILED = "failed";
  static final Duration LONG_SLEEP = Duration.ofSeconds(2);
  static final Duration TIMEOUT = Duration.ofMillis(60);
  static final int ATTEMPTS = 3;

  static final RetryPolicy RETRY = RetryPolicy.exponential(ATTEMPTS, Duration.ofMillis(30));
  static final RetryPolicy RETRY_NOT_EXECUTED = RETRY.notExecutedOn(List.of(ConnectException.class));

  private static final String OPERATIONS = "aaaaacccnuttTllllmmmmrRxk";
  private static final int MAX_LENGTH = 28;

  private Program() {}

  /** What a program does to the world: begins, takes its time, may fail. */
  interface Outside {
    long call(EffectContext effect, boolean once, boolean mayFail, long shown) throws Exception;

    long fresh();
  }

  /** A random program. */
  static String draw(SimRandom random) {
    StringBuilder text = new StringBuilder();
    int length = (int) random.between(2, MAX_LENGTH);
    for (int i = 0; i < length; i++) {
      text.append(OPERATIONS.charAt(random.nextInt(OPERATIONS.length())));
    }
    return random.chance(0.1) ? text.append('!').toString() : text.toString();
  }

  /** What was seen, after one thing more was seen. */
  static long see(long seen, String value) {
    return SimRandom.mix(Hashes.of(seen, value));
  }

  /** How long the operation {@code t} at this place of the program sleeps. */
  static Duration shortSleep(int at) {
    return Duration.ofMillis(5 + 137L * at % 900);
  }

  static WorkflowType<String, Long> type(int version, Outside outside) {
    return WorkflowType.of(
        TYPE, version, String.class, Long.class, (context, program) -> run(context, program, version, outside));
  }

  /** What has been seen before the first operation: each version of the program begins with something else. */
  static long seenAtFirst(int version) {
    return version - 1L;
  }

  private static Long run(WorkflowContext context, String program, int version, Outside outside) {
    ReplicatedVar<Long> variable = context.replicated("seen", Long.class, 0L);
    long seen = seenAtFirst(version);
    for (int i = 0; i < program.length(); i++) {
      long shown = seen;
      switch (program.charAt(i)) {
        case 'a' -> variable.set(seen);
        case 'c' -> seen = see(seen, "" + context.compute("fresh", Long.class, outside::fresh));
        case 'n' -> seen = see(seen, "" + context.now());
        case 'u' -> seen = see(seen, "" + context.randomUuid());
        case 't' -> context.sleep(shortSleep(i));
        case 'T' -> context.sleep(LONG_SLEEP);
        case 'k' -> context.commit();
        case 'l' -> seen = see(seen, outcome(effect(context, outside, false, false, shown)));
        case 'm' -> seen = see(seen, outcome(effect(context, outside, true, false, shown)));
        case 'r' -> seen = see(seen, outcome(effect(context, outside, false, true, shown).withRetry(RETRY)));
        case 'R' ->
            seen = see(seen, outcome(effect(context, outside, true, true, shown).withRetry(RETRY_NOT_EXECUTED)));
        case 'x' -> seen = see(seen, outcome(timed(context, outside, shown)));
        case '!' -> throw new IllegalStateException("as the program says");
        default -> throw new IllegalArgumentException("no such operation: " + program.charAt(i));
      }
    }
    return seen;
  }

  private static SideEffect<Long> timed(WorkflowContext context, Outside outside, long shown) {
    return context
        .<Long>sideEffect(TIMED, Long.class, effect -> outside.call(effect, false, false, shown))
        .withTimeout(TIMEOUT);
  }

  private static SideEffect<Long> effect(
      WorkflowContext context, Outside outside, boolean once, boolean mayFail, long shown) {
    return context
        .<Long>sideEffect(
            once ? "once" : "again", Long.class, effect -> outside.call(effect, once, mayFail, shown))
        .withDelivery(once ? Delivery.AT_MOST_ONCE : Delivery.AT_LEAST_ONCE);
  }

  private static String outcome(SideEffect<Long> effect) {
    try {
      return "" + effect.call();
    } catch (OutcomeUnknownException unknown) {
      return UNKNOWN;
    } catch (SideEffectFailedException failed) {
      return FAILED;
    }
  }
}
