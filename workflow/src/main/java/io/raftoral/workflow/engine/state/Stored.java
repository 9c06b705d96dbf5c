package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.workflow.ParentClosePolicy;
import org.jspecify.annotations.Nullable;

/** Records as they stand in the store. */
final class Stored {
  private Stored() {}

  static <M> M parse(Parser<M> parser, byte[] bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException malformed) {
      throw new UnknownCommandException("a stored record (" + malformed.getMessage() + ")");
    }
  }

  static byte[] info(RunInfo info) {
    WorkflowProto.RunInfo.Builder builder =
        WorkflowProto.RunInfo.newBuilder()
        .setWorkflowId(info.workflowId())
        .setType(info.type())
        .setTypeVersion(info.version())
        .setInput(UnsafeByteOperations.unsafeWrap(info.input()))
        .setStartedMs(info.startedMs());
    RunInfo.Origin origin = info.origin();
    if (origin.deadlineMs() != RunInfo.Origin.NO_DEADLINE) {
      builder.setDeadlineMs(origin.deadlineMs());
    }
    if (origin.parent() != RunInfo.Origin.NOBODY) {
      builder
          .setParent(WorkflowProto.RunRef.newBuilder().setRun(origin.parent()).setSlot(origin.parentSlot()))
          .setOnParentClose(Statuses.encode(origin.onParentClose()));
    }
    return builder.setPreviousRun(origin.previous()).build().toByteArray();
  }

  static RunInfo info(long run, byte[] bytes) {
    WorkflowProto.RunInfo info = parse(WorkflowProto.RunInfo.parser(), bytes);
    return new RunInfo(
        run,
        KeyLayout.slot(info.getWorkflowId()),
        info.getWorkflowId(),
        info.getType(),
        info.getTypeVersion(),
        info.getInput().toByteArray(),
        info.getStartedMs(),
        new RunInfo.Origin(
            info.hasDeadlineMs() ? info.getDeadlineMs() : RunInfo.Origin.NO_DEADLINE,
            info.getParent().getRun(),
            info.getParent().getSlot(),
            info.hasParent() ? Statuses.decode(info.getOnParentClose()) : ParentClosePolicy.ABANDON,
            info.getPreviousRun()));
  }

  static byte[] journal(By by, long timeMs, ByteString outcome) {
    return WorkflowProto.JournalRecord.newBuilder()
        .setBy(CommandCodec.by(by))
        .setTimeMs(timeMs)
        .setOutcome(outcome)
        .build()
        .toByteArray();
  }

  static JournalEntry journal(long position, byte[] bytes) {
    WorkflowProto.JournalRecord record = parse(WorkflowProto.JournalRecord.parser(), bytes);
    return new JournalEntry(
        position, CommandCodec.by(record.getBy()), record.getTimeMs(), OutcomeCodec.decode(record.getOutcome()), bytes.length);
  }

  static byte[] inbox(InboxEntry entry) {
    return WorkflowProto.InboxRecord.newBuilder()
        .setRequestId(entry.requestId())
        .setName(entry.name())
        .setValue(UnsafeByteOperations.unsafeWrap(entry.value()))
        .setUpdate(entry.update())
        .build()
        .toByteArray();
  }

  static InboxEntry inbox(long sequence, byte[] bytes) {
    WorkflowProto.InboxRecord record = parse(WorkflowProto.InboxRecord.parser(), bytes);
    return new InboxEntry(
        sequence, record.getRequestId(), record.getName(), record.getValue().toByteArray(), record.getUpdate());
  }

  static byte[] request(@Nullable Result answer) {
    WorkflowProto.RequestRecord.Builder builder = WorkflowProto.RequestRecord.newBuilder();
    return (answer == null ? builder : builder.setAnswer(OutcomeCodec.result(answer))).build().toByteArray();
  }

  /** The answer of a request, null if it has none yet. */
  static @Nullable Result answer(byte[] bytes) {
    WorkflowProto.RequestRecord record = parse(WorkflowProto.RequestRecord.parser(), bytes);
    return record.hasAnswer() ? OutcomeCodec.result(record.getAnswer()) : null;
  }

  static byte[] branchHead(Branch branch, BranchHead head) {
    return head.encode(branch).toByteArray();
  }

  static BranchHead branchHead(byte[] bytes) {
    return BranchHead.decode(parse(WorkflowProto.BranchHead.parser(), bytes));
  }

  static byte[] variable(Branch branch, long first, long last) {
    return WorkflowProto.VariableRef.newBuilder()
        .setBranch(CommandCodec.branch(branch))
        .setFirst(first)
        .setLast(last)
        .build()
        .toByteArray();
  }

  static WorkflowProto.VariableRef variable(byte[] bytes) {
    return parse(WorkflowProto.VariableRef.parser(), bytes);
  }
}
