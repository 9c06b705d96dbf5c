package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.proto.v1.WorkflowProto;

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
    return WorkflowProto.RunInfo.newBuilder()
        .setWorkflowId(info.workflowId())
        .setType(info.type())
        .setTypeVersion(info.version())
        .setInput(UnsafeByteOperations.unsafeWrap(info.input()))
        .setStartedMs(info.startedMs())
        .build()
        .toByteArray();
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
        info.getStartedMs());
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
