package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import java.util.List;

/** What the log replicates. */
public sealed interface Command {

  /** The proposer's wall clock. */
  long timeMs();

  /** Creates the run of an id, unless there is one. */
  record Start(long timeMs, String workflowId, String type, int version, byte[] input, long timeoutMs)
      implements Command {
    /** A run that may take as long as it does. */
    public Start(long timeMs, String workflowId, String type, int version, byte[] input) {
      this(timeMs, workflowId, type, version, input, RunInfo.Origin.NO_DEADLINE);
    }
  }

  /**
   * Hands a value to the run that an id stands for.
   *
   * @param requestId applied once
   * @param value JSON; must not be changed
   * @param update whether somebody waits for what the run makes of it
   */
  record Signal(long timeMs, String workflowId, String requestId, String name, byte[] value, boolean update)
      implements Command {}

  /** Asks a run to end, or ends it. */
  record Cancel(long timeMs, String workflowId, String requestId, String reason, boolean terminate)
      implements Command {}

  /** Ends a run whose time is over. */
  record Expire(long timeMs, long run, int slot) implements Command {}

  /**
   * Outcomes of consecutive positions.
   *
   * @param base the last position that the thread read from the applied journal
   * @param first position of the first outcome
   * @param outcomes encoded, at least one
   */
  record Checkpoint(
      long timeMs, long run, int slot, Branch branch, By by, long base, long first, List<ByteString> outcomes)
      implements Command {}

  /**
   * Every thread of a run waits for long: no node needs one until something is applied to the run, or it is woken.
   *
   * @param term of the activation that has seen it wait
   * @param revision of the run when it did: if something was applied to it since, the run does not sleep
   * @param wakeMs when it is to be woken, {@link RunHead#NEVER} if it waits for no time
   */
  record Rest(long timeMs, long run, int slot, long term, long revision, long wakeMs) implements Command {}

  /**
   * Runs that are over are removed with all that belongs to them; their ids are free again.
   *
   * @param endedBeforeMs only those that were over before this, on the group's clock
   * @param runs at most a slice of them, so that applying stays short
   */
  record Forget(long timeMs, long endedBeforeMs, List<Ref> runs) implements Command {}

  /** Where a run is. */
  record Ref(long run, int slot) {}

  /** A run that sleeps gets threads again. */
  record Wake(long timeMs, long run, int slot) implements Command {}

  /** An at-most-once effect is about to run. */
  record Intent(long timeMs, long run, int slot, Branch branch, By by, long base, long position) implements Command {}
}
