package io.raftoral.workflow.engine.state;

import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.workflow.RunStatus;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands.
 *
 * @param endedMs the group's clock at its end; 0 while it runs
 * @param checkpoints filled positions of all branches together
 * @param main where the main branch stands; others have records of their own
 * @param revision how often something was applied to the run
 * @param wakeMs while the run sleeps without a thread anywhere: when it is to be woken; otherwise {@link #AWAKE}
 * @param asks what it was asked for
 */
public record RunHead(
    RunStatus status, long endedMs, long checkpoints, BranchHead main, long revision, long wakeMs, Asks asks) {
  /** Of a run that has a thread wherever there is one. */
  public static final long AWAKE = -1;

  /** When a run is to be woken that waits for no time at all. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Of a run that was just started. */
  public static final RunHead NEW = new RunHead(RunStatus.RUNNING, 0, 0, BranchHead.EMPTY, 0, AWAKE, Asks.NONE);

  /**
   * What a run was asked for.
   *
   * @param signals how many it was sent: the last one's number
   * @param pending how many of them it has not received yet
   * @param cancelReason why it is to end; null if nobody wants that
   */
  public record Asks(long signals, long pending, @Nullable String cancelReason) {
    static final Asks NONE = new Asks(0, 0, null);

    Asks added() {
      return new Asks(signals + 1, pending + 1, cancelReason);
    }

    Asks received() {
      return new Asks(signals, pending - 1, cancelReason);
    }

    Asks cancel(String reason) {
      return new Asks(signals, pending, cancelReason == null ? reason : cancelReason);
    }
  }

  /** Whether no node has a thread for the run. */
  public boolean asleep() {
    return wakeMs != AWAKE;
  }

  byte[] encode() {
    WorkflowProto.RunHead.Builder builder =
        WorkflowProto.RunHead.newBuilder()
            .setStatus(Statuses.encode(status))
            .setSignals(asks.signals())
            .setPendingSignals(asks.pending())
            .setEndedMs(endedMs)
            .setCheckpoints(checkpoints)
            .setMain(main.encode(Branch.MAIN))
            .setRevision(revision);
    if (asks.cancelReason() != null) {
      builder.setCancelReason(asks.cancelReason());
    }
    if (asleep()) {
      builder.setWakeMs(wakeMs);
    }
    return builder.build().toByteArray();
  }

  static RunHead decode(byte[] bytes) {
    WorkflowProto.RunHead head = Stored.parse(WorkflowProto.RunHead.parser(), bytes);
    return new RunHead(
        Statuses.decode(head.getStatus()),
        head.getEndedMs(),
        head.getCheckpoints(),
        head.hasMain() ? BranchHead.decode(head.getMain()) : BranchHead.EMPTY,
        head.getRevision(),
        head.hasWakeMs() ? head.getWakeMs() : AWAKE,
        new Asks(
            head.getSignals(), head.getPendingSignals(), head.hasCancelReason() ? head.getCancelReason() : null));
  }
}
