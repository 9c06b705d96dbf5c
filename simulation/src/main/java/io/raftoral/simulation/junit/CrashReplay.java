package io.raftoral.simulation.junit;

import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunDescription.Checkpoint;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs one workflow again and again, with the leader dying at another position of its journal each time. */
final class CrashReplay<I, O extends @Nullable Object> {
  private static final String ID = "crash-replay";
  private static final Duration DOWN = Duration.ofSeconds(2);

  /** A cut-off leader has its lease for less than this; by then it has done what it can. */
  private static final Duration ALONE = Duration.ofMillis(300);

  private final SimulatedCluster cluster;
  private final WorkflowType<I, O> type;
  private final I input;
  private final Consumer<RunDescription> check;

  /** When the leader dies. */
  private enum Moment {
    COMMITTED("as soon as this was committed"),
    NEXT_IS_LOST("when it had done what comes next, and nobody had heard of that"),
    OUTCOME_IS_LOST("when it had announced the effect that comes next and run it, and nobody had heard how that went");

    private final String words;

    Moment(String words) {
      this.words = words;
    }
  }

  CrashReplay(SimulatedCluster cluster, WorkflowType<I, O> type, I input, Consumer<RunDescription> check) {
    this.cluster = cluster;
    this.type = type;
    this.input = input;
    this.check = check;
  }

  void run() {
    RunDescription calm = Objects.requireNonNull(replay(-1, Moment.COMMITTED));
    verify("without any crash", calm, calm);
    for (long position = 0; position < calm.summary().checkpoints(); position++) {
      for (Moment moment : Moment.values()) {
        RunDescription run = replay(position, moment);
        if (run != null) {
          verify(words(position, moment, calm), run, calm);
        }
      }
    }
  }

  private static String words(long position, Moment moment, RunDescription calm) {
    String what = "its start";
    for (Checkpoint checkpoint : calm.journal()) {
      if (checkpoint.position() == position) {
        what = (checkpoint.kind() + " " + checkpoint.name()).strip();
      }
    }
    return "when the leader dies at position " + position + " (" + what + "), " + moment.words;
  }

  /** Null if there is no such moment at this position. */
  private @Nullable RunDescription replay(long position, Moment moment) {
    cluster.close();
    cluster.open();
    Session session = cluster.session();
    cluster.start(type, ID, input);
    if (position >= 0) {
      session.await("position " + position, () -> anyHas(session, position));
      if (moment == Moment.OUTCOME_IS_LOST && !isAnnounced(session, position)) {
        return null;
      }
      crash(session, moment);
    }
    cluster.awaitEnd(ID);
    return cluster.describe(ID);
  }

  private static boolean anyHas(Session session, long position) {
    int leader = session.control().active();
    return leader != 0 && session.position(leader, ID) >= position;
  }

  /** Waits for the next thing that the leader applies; whether it is something else than the next position. */
  private static boolean isAnnounced(Session session, long position) {
    int leader = session.control().active();
    long applied = session.applied(leader);
    session.await("what comes after position " + position, () -> session.applied(leader) > applied);
    return session.position(leader, ID) == position;
  }

  private void crash(Session session, Moment moment) {
    int leader = session.control().active();
    if (moment != Moment.COMMITTED) {
      cluster.partition("n" + leader);
      session.runFor(ALONE, () -> session.control().hasUncommitted(leader));
    }
    cluster.kill("n" + leader);
    session.control().mend();
    session.runFor(DOWN, () -> session.control().active() != 0 && session.control().active() != leader);
    cluster.restart("n" + leader);
  }

  private void verify(String when, RunDescription run, RunDescription calm) {
    String expected = end(calm);
    String actual = end(run);
    if (!expected.equals(actual)) {
      throw new AssertionError(failure(when, run) + "\nexpected: " + expected + "\nactual:   " + actual);
    }
    try {
      check.accept(run);
    } catch (RuntimeException | AssertionError disliked) {
      throw new AssertionError(failure(when, run) + "\n" + disliked.getMessage(), disliked);
    }
  }

  private String failure(String when, RunDescription run) {
    StringBuilder text =
        new StringBuilder("workflow " + type.name() + " goes wrong " + when + "\njournal of that run:");
    run.journal().forEach(c ->
        text.append("\n  ").append(c.position()).append(' ').append(c.kind()).append(' ').append(c.name()).append(' ')
            .append(c.value()).append(" (term ").append(c.term()).append(')'));
    return text.toString();
  }

  private static String end(RunDescription run) {
    return run.summary().status() + " "
        + (run.result() == null
            ? run.failureType() + ": " + run.failureMessage()
            : Objects.requireNonNull(run.result()));
  }
}
