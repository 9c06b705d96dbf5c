package io.raftoral.workflow.engine.state;

import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.workflow.RunStatus;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a run stands.
 *
 * @param endedMs the group's clock at its end; 0 while it runs
 * @param checkpoints filled positions of all branches together
 * @param revision how often something was applied to the run
 * @param wakeMs while the run sleeps without a thread anywhere: when it is to be woken; otherwise {@link #AWAKE}
 */
public record RunHead(
    RunStatus status,
    long endedMs,
    long checkpoints,
    SortedMap<Branch, BranchHead> branches,
    long revision,
    long wakeMs) {
  /** Of a run that has a thread wherever there is one. */
  public static final long AWAKE = -1;

  /** When a run is to be woken that waits for no time at all. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Of a run that was just started. */
  public static final RunHead NEW =
      new RunHead(RunStatus.RUNNING, 0, 0, Collections.emptySortedMap(), 0, AWAKE);

  /** Keeps the map from being changed. */
  public RunHead {
    branches = Collections.unmodifiableSortedMap(branches);
  }

  /** Whether no node has a thread for the run. */
  public boolean asleep() {
    return wakeMs != AWAKE;
  }

  /** Where a branch stands. */
  public BranchHead branch(Branch branch) {
    return branches.getOrDefault(branch, BranchHead.EMPTY);
  }

  byte[] encode() {
    WorkflowProto.RunHead.Builder builder =
        WorkflowProto.RunHead.newBuilder()
            .setStatus(
                switch (status) {
                  case RUNNING -> WorkflowProto.RunHead.Status.RUNNING;
                  case COMPLETED -> WorkflowProto.RunHead.Status.COMPLETED;
                  case FAILED -> WorkflowProto.RunHead.Status.FAILED;
                })
            .setEndedMs(endedMs)
            .setCheckpoints(checkpoints)
            .setRevision(revision);
    if (asleep()) {
      builder.setWakeMs(wakeMs);
    }
    branches.forEach((branch, head) -> builder.addBranches(head.encode(branch)));
    return builder.build().toByteArray();
  }

  static RunHead decode(byte[] bytes) {
    WorkflowProto.RunHead head = Stored.parse(WorkflowProto.RunHead.parser(), bytes);
    SortedMap<Branch, BranchHead> branches = new TreeMap<>();
    for (WorkflowProto.BranchHead branch : head.getBranchesList()) {
      branches.put(Branch.decode(branch.getBranch().toByteArray()), BranchHead.decode(branch));
    }
    RunStatus status =
        switch (head.getStatus()) {
          case RUNNING -> RunStatus.RUNNING;
          case COMPLETED -> RunStatus.COMPLETED;
          case FAILED -> RunStatus.FAILED;
          case UNRECOGNIZED -> throw new UnknownCommandException("a run's status");
        };
    return new RunHead(
        status,
        head.getEndedMs(),
        head.getCheckpoints(),
        branches,
        head.getRevision(),
        head.hasWakeMs() ? head.getWakeMs() : AWAKE);
  }
}
