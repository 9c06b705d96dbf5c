package io.raftoral.simulation.workflow;

import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunDescription.Checkpoint;
import io.raftoral.workflow.RunStatus;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a finished run of a {@link Program} is one that the program can have had: its journal is what the program
 * does, given the values in it; timers were not early; and the world was shown, at each effect, what the journal says
 * was seen before it.
 */
final class ProgramCheck {
  /** A run's fault, as a sentence; {@link IllegalStateException} because there is nothing to be done about it here. */
  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Wrong(String what) {
      super(what, null, false, false);
    }
  }

  private final String program;
  private final List<Checkpoint> journal;
  private final List<Long> seenBefore = new ArrayList<>();
  private int next;
  private long seen;

  private ProgramCheck(String program, RunDescription run) {
    this.program = program;
    this.journal = run.journal();
    this.seen = Program.seenAtFirst(run.summary().version());
  }

  /** What is wrong with a run that has ended, null if nothing is. */
  static @Nullable String check(String program, RunDescription run, List<Ledger.Call> calls) {
    ProgramCheck check = new ProgramCheck(program, run);
    try {
      check.replay(run);
      check.world(calls);
      return null;
    } catch (Wrong wrong) {
      return wrong.getMessage() + "\nprogram " + program + "\njournal " + check.shown();
    }
  }

  private String shown() {
    StringBuilder text = new StringBuilder();
    journal.forEach(c -> text.append("\n  ").append(c));
    return text.toString();
  }

  private Checkpoint take(String kind) {
    if (next == journal.size()) {
      throw new Wrong("the journal ends before \"" + kind + "\"");
    }
    Checkpoint checkpoint = journal.get(next++);
    if (!checkpoint.kind().equals(kind)) {
      throw new Wrong(
          "position " + checkpoint.position() + " holds \"" + checkpoint.kind() + "\", not \"" + kind + "\"");
    }
    seenBefore.add(seen);
    return checkpoint;
  }

  private void see(String value) {
    seen = Program.see(seen, value);
  }

  private void replay(RunDescription run) {
    boolean fails = false;
    for (int i = 0; i < program.length(); i++) {
      switch (program.charAt(i)) {
        case 'a' -> {
          Checkpoint assigned = take("assign");
          if (!assigned.value().equals("" + seen)) {
            throw new Wrong("position " + assigned.position() + " assigns what was not seen; that was " + seen);
          }
        }
        case 'c' -> see(take("compute").value());
        case 'n' -> see(take("now").value());
        case 'u' -> see(take("uuid").value());
        case 't' -> timer(Program.shortSleep(i));
        case 'T' -> timer(Program.LONG_SLEEP);
        case 'k' -> {}
        case 'l', 'm', 'x' -> see(outcome(take("effect").value()));
        case 'r' -> see(retried(false));
        case 'R' -> see(retried(true));
        default -> fails = true;
      }
    }
    Checkpoint end = take(fails ? "failed" : "completed");
    if (!fails && !end.value().equals("" + seen)) {
      throw new Wrong("the run returns " + end.value() + ", and has seen " + seen);
    }
    if (run.summary().status() != (fails ? RunStatus.FAILED : RunStatus.COMPLETED)) {
      throw new Wrong("the run is " + run.summary().status());
    }
    if (next != journal.size()) {
      throw new Wrong("the journal goes on after the end");
    }
  }

  private void timer(Duration duration) {
    Checkpoint set = take("timer-set");
    Checkpoint fired = take("timer-fired");
    if (Instant.parse(fired.value()).isBefore(Instant.parse(set.value()))) {
      throw new Wrong("a timer of " + duration + " fired early, at position " + fired.position());
    }
  }

  private String retried(boolean once) {
    for (int attempt = 1; ; attempt++) {
      String value = take("effect").value();
      boolean again =
          outcome(value).equals(Program.FAILED)
              && attempt < Program.ATTEMPTS
              && (!once || value.startsWith(ConnectException.class.getName()));
      if (!again) {
        return outcome(value);
      }
      timer(Program.RETRY.backoffAfter(attempt));
    }
  }

  private static String outcome(String value) {
    return value.equals(Program.UNKNOWN) || value.chars().allMatch(Character::isDigit) ? value : Program.FAILED;
  }

  /** The world's side: what it was shown, and that what has an outcome has happened. */
  private void world(List<Ledger.Call> calls) {
    Set<Long> ran = new HashSet<>();
    for (Ledger.Call call : calls) {
      ran.add(call.position());
      if (call.position() < 1 || call.position() > journal.size()) {
        throw new Wrong("an effect ran at a position that is none: " + call);
      }
      if (call.shown() != seenBefore.get((int) call.position() - 1)) {
        throw new Wrong("the world was shown what the journal does not say: " + call);
      }
      if (!journal.get((int) call.position() - 1).kind().equals("effect")) {
        throw new Wrong("an effect ran where the journal has none: " + call);
      }
    }
    for (Checkpoint checkpoint : journal) {
      boolean known = checkpoint.kind().equals("effect") && !checkpoint.value().equals(Program.UNKNOWN);
      if (known && !ran.contains(checkpoint.position()) && !cutBefore(checkpoint)) {
        throw new Wrong("an effect has an outcome and was never run: position " + checkpoint.position());
      }
    }
  }

  /** A time-out may be over before the effect has come as far as the world. */
  private static boolean cutBefore(Checkpoint checkpoint) {
    return checkpoint.value().startsWith(TimeoutException.class.getName());
  }
}
