package io.raftoral.workflow.engine.state;

import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.workflow.RunStatus;

/**
 * Where a run stands.
 *
 * @param endedMs the group's clock at its end; 0 while it runs
 * @param checkpoints filled positions of all branches together
 * @param main where the main branch stands; others have records of their own
 * @param revision how often something was applied to the run
 * @param wakeMs while the run sleeps without a thread anywhere: when it is to be woken; otherwise {@link #AWAKE}
 */
public record RunHead(
    RunStatus status, long endedMs, long checkpoints, BranchHead main, long revision, long wakeMs) {
  /** Of a run that has a thread wherever there is one. */
  public static final long AWAKE = -1;

  /** When a run is to be woken that waits for no time at all. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Of a run that was just started. */
  public static final RunHead NEW = new RunHead(RunStatus.RUNNING, 0, 0, BranchHead.EMPTY, 0, AWAKE);

  /** Whether no node has a thread for the run. */
  public boolean asleep() {
    return wakeMs != AWAKE;
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
            .setMain(main.encode(Branch.MAIN))
            .setRevision(revision);
    if (asleep()) {
      builder.setWakeMs(wakeMs);
    }
    return builder.build().toByteArray();
  }

  static RunHead decode(byte[] bytes) {
    WorkflowProto.RunHead head = Stored.parse(WorkflowProto.RunHead.parser(), bytes);
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
        head.hasMain() ? BranchHead.decode(head.getMain()) : BranchHead.EMPTY,
        head.getRevision(),
        head.hasWakeMs() ? head.getWakeMs() : AWAKE);
  }
}
