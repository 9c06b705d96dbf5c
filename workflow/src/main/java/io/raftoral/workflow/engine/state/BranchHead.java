package io.raftoral.workflow.engine.state;

import io.raftoral.proto.v1.WorkflowProto;
import org.jspecify.annotations.Nullable;

/**
 * Where one branch of an open run stands.
 *
 * @param next the next empty position, from 1
 * @param lastBy who computed the outcome before it, null if there is none
 * @param intent who holds the intent for the next position, null if nobody does
 * @param timerDeadlineMs of the timer that the last outcome has set, negative if it set none
 */
public record BranchHead(long next, @Nullable By lastBy, @Nullable By intent, long timerDeadlineMs) {
  static final long NO_TIMER = -1;

  /** A branch without outcomes. */
  public static final BranchHead EMPTY = new BranchHead(1, null, null, NO_TIMER);

  /** The same, with an intent for the next position. */
  public BranchHead withIntent(By by) {
    return new BranchHead(next, lastBy, by, timerDeadlineMs);
  }

  WorkflowProto.BranchHead encode(Branch branch) {
    WorkflowProto.BranchHead.Builder builder =
        WorkflowProto.BranchHead.newBuilder().setBranch(CommandCodec.branch(branch)).setNext(next);
    if (lastBy != null) {
      builder.setLastBy(CommandCodec.by(lastBy));
    }
    if (intent != null) {
      builder.setIntent(CommandCodec.by(intent));
    }
    if (timerDeadlineMs != NO_TIMER) {
      builder.setTimerDeadlineMs(timerDeadlineMs);
    }
    return builder.build();
  }

  static BranchHead decode(WorkflowProto.BranchHead head) {
    return new BranchHead(
        head.getNext(),
        head.hasLastBy() ? CommandCodec.by(head.getLastBy()) : null,
        head.hasIntent() ? CommandCodec.by(head.getIntent()) : null,
        head.hasTimerDeadlineMs() ? head.getTimerDeadlineMs() : NO_TIMER);
  }
}
