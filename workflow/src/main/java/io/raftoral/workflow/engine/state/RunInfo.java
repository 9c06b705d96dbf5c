package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.ParentClosePolicy;
import java.util.Arrays;

/**
 * What never changes about a run.
 *
 * @param run its number, unique in the group
 * @param slot of its workflow id
 * @param input JSON; must not be changed
 * @param origin where it comes from, and how long it may take
 */
public record RunInfo(
    long run,
    int slot,
    String workflowId,
    String type,
    int version,
    byte[] input,
    long startedMs,
    Origin origin) {

  /**
   * Where a run comes from.
   *
   * @param deadlineMs when its time is over, on the group's clock; {@link #NO_DEADLINE} if it has none
   * @param parent number of the run that has started it, {@link #NOBODY} if a client did
   * @param parentSlot that run's slot
   * @param onParentClose what happens to it when the parent ends
   * @param previous the run that continues as this one, {@link #NOBODY} if none does
   */
  public record Origin(
      long deadlineMs, long parent, int parentSlot, ParentClosePolicy onParentClose, long previous) {
    /** Of a run that may take as long as it does. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    /** No run has this number. */
    public static final long NOBODY = 0;

    /** A client has started it, and its time is not limited. */
    public static final Origin CLIENT = new Origin(NO_DEADLINE, NOBODY, 0, ParentClosePolicy.ABANDON, NOBODY);

    /** The same with another deadline. */
    public Origin withDeadlineMs(long changed) {
      return new Origin(changed, parent, parentSlot, onParentClose, previous);
    }

    /** The same, continuing a run. */
    public Origin withPrevious(long changed) {
      return new Origin(deadlineMs, parent, parentSlot, onParentClose, changed);
    }
  }

  /** A run that a client has started. */
  public RunInfo(long run, int slot, String workflowId, String type, int version, byte[] input, long startedMs) {
    this(run, slot, workflowId, type, version, input, startedMs, Origin.CLIENT);
  }

  /** Whether a start with this type and input means this run. */
  public boolean sameStart(String otherType, byte[] otherInput) {
    return type.equals(otherType) && Arrays.equals(input, otherInput);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RunInfo that && run == that.run && workflowId.equals(that.workflowId);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(run);
  }

  @Override
  public String toString() {
    return workflowId + " (run " + run + ", " + type + "/" + version + ")";
  }
}
