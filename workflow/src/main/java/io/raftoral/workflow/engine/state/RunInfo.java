package io.raftoral.workflow.engine.state;

import java.util.Arrays;

/**
 * What never changes about a run.
 *
 * @param run its number, unique in the group
 * @param slot of its workflow id
 * @param input JSON; must not be changed
 */
public record RunInfo(long run, int slot, String workflowId, String type, int version, byte[] input, long startedMs) {

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
