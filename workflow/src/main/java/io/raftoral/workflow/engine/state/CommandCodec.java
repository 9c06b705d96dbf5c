package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.proto.v1.WorkflowProto;

/**
 * Commands as they stand in the log.
 *
 * <p>Every command carries the oldest applier version that understands it. A node that is older stops with {@link
 * UnknownCommandException}; it never skips a command.
 */
public final class CommandCodec {
  /** The newest version of commands that this release applies. */
  static final int APPLIER_VERSION = 1;

  private CommandCodec() {}

  /** The bytes of a command. */
  public static byte[] encode(Command command) {
    WorkflowProto.Command.Builder builder =
        WorkflowProto.Command.newBuilder().setVersion(1).setTimeMs(command.timeMs());
    switch (command) {
      case Command.Start s -> {
        WorkflowProto.Start.Builder start =
              WorkflowProto.Start.newBuilder()
                  .setWorkflowId(s.workflowId())
                  .setType(s.type())
                  .setTypeVersion(s.version())
                  .setInput(UnsafeByteOperations.unsafeWrap(s.input()));
        builder.setStart(
            s.timeoutMs() == RunInfo.Origin.NO_DEADLINE ? start : start.setTimeoutMs(s.timeoutMs()));
      }
      case Command.Signal s ->
          builder.setSignal(
              WorkflowProto.Signal.newBuilder()
                  .setWorkflowId(s.workflowId())
                  .setRequestId(s.requestId())
                  .setName(s.name())
                  .setValue(UnsafeByteOperations.unsafeWrap(s.value()))
                  .setUpdate(s.update()));
      case Command.Cancel c ->
          builder.setCancel(
              WorkflowProto.Cancel.newBuilder()
                  .setWorkflowId(c.workflowId())
                  .setRequestId(c.requestId())
                  .setReason(c.reason())
                  .setTerminate(c.terminate()));
      case Command.Expire e -> builder.setExpire(WorkflowProto.Expire.newBuilder().setRun(ref(e.run(), e.slot())));
      case Command.Checkpoint c ->
          builder.setCheckpoint(
              WorkflowProto.Checkpoint.newBuilder()
                  .setRun(ref(c.run(), c.slot()))
                  .setBranch(branch(c.branch()))
                  .setBy(by(c.by()))
                  .setBase(c.base())
                  .setFirst(c.first())
                  .addAllOutcomes(c.outcomes()));
      case Command.Intent i ->
          builder.setIntent(
              WorkflowProto.Intent.newBuilder()
                  .setRun(ref(i.run(), i.slot()))
                  .setBranch(branch(i.branch()))
                  .setBy(by(i.by()))
                  .setBase(i.base())
                  .setPosition(i.position()));
      case Command.Rest r ->
          builder.setRest(
              WorkflowProto.Rest.newBuilder()
                  .setRun(ref(r.run(), r.slot()))
                  .setTerm(r.term())
                  .setRevision(r.revision())
                  .setWakeMs(r.wakeMs()));
      case Command.Forget f -> {
        WorkflowProto.Forget.Builder forget =
            WorkflowProto.Forget.newBuilder().setEndedBeforeMs(f.endedBeforeMs());
        f.runs().forEach(run -> forget.addRuns(ref(run.run(), run.slot())));
        builder.setForget(forget);
      }
      case Command.Wake w -> builder.setWake(WorkflowProto.Wake.newBuilder().setRun(ref(w.run(), w.slot())));
    }
    return builder.build().toByteArray();
  }

  /**
   * The opposite of {@link #encode}.
   *
   * @throws UnknownCommandException if this release cannot apply it
   */
  static Command decode(byte[] bytes) {
    WorkflowProto.Command command;
    try {
      command = WorkflowProto.Command.parseFrom(bytes);
    } catch (InvalidProtocolBufferException malformed) {
      throw new UnknownCommandException("a command that cannot be read (" + malformed.getMessage() + ")");
    }
    if (command.getVersion() > APPLIER_VERSION) {
      throw new UnknownCommandException(
          "a command of version " + command.getVersion() + " (the newest known is " + APPLIER_VERSION + ")");
    }
    long timeMs = command.getTimeMs();
    return switch (command.getKindCase()) {
      case START -> {
        WorkflowProto.Start s = command.getStart();
        yield new Command.Start(
            timeMs, s.getWorkflowId(), s.getType(), s.getTypeVersion(), s.getInput().toByteArray(),
            s.hasTimeoutMs() ? s.getTimeoutMs() : RunInfo.Origin.NO_DEADLINE);
      }
      case SIGNAL -> {
        WorkflowProto.Signal s = command.getSignal();
        yield new Command.Signal(
            timeMs, s.getWorkflowId(), s.getRequestId(), s.getName(), s.getValue().toByteArray(), s.getUpdate());
      }
      case CANCEL -> {
        WorkflowProto.Cancel c = command.getCancel();
        yield new Command.Cancel(timeMs, c.getWorkflowId(), c.getRequestId(), c.getReason(), c.getTerminate());
      }
      case EXPIRE ->
          new Command.Expire(timeMs, command.getExpire().getRun().getRun(), command.getExpire().getRun().getSlot());
      case CHECKPOINT -> {
        WorkflowProto.Checkpoint c = command.getCheckpoint();
        yield new Command.Checkpoint(
            timeMs,
            c.getRun().getRun(),
            c.getRun().getSlot(),
            Branch.decode(c.getBranch().toByteArray()),
            by(c.getBy()),
            c.getBase(),
            c.getFirst(),
            c.getOutcomesList());
      }
      case INTENT -> {
        WorkflowProto.Intent i = command.getIntent();
        yield new Command.Intent(
            timeMs,
            i.getRun().getRun(),
            i.getRun().getSlot(),
            Branch.decode(i.getBranch().toByteArray()),
            by(i.getBy()),
            i.getBase(),
            i.getPosition());
      }
      case REST -> {
        WorkflowProto.Rest r = command.getRest();
        yield new Command.Rest(
            timeMs, r.getRun().getRun(), r.getRun().getSlot(), r.getTerm(), r.getRevision(), r.getWakeMs());
      }
      case FORGET -> {
        WorkflowProto.Forget f = command.getForget();
        yield new Command.Forget(
            timeMs,
            f.getEndedBeforeMs(),
            f.getRunsList().stream().map(run -> new Command.Ref(run.getRun(), run.getSlot())).toList());
      }
      case WAKE -> {
        WorkflowProto.RunRef run = command.getWake().getRun();
        yield new Command.Wake(timeMs, run.getRun(), run.getSlot());
      }
      case KIND_NOT_SET -> throw new UnknownCommandException("a kind of command");
    };
  }

  static WorkflowProto.By by(By by) {
    return WorkflowProto.By.newBuilder().setTerm(by.term()).setIncarnation(by.incarnation()).build();
  }

  static By by(WorkflowProto.By by) {
    return new By(by.getTerm(), by.getIncarnation());
  }

  static ByteString branch(Branch branch) {
    return branch.path().isEmpty() ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(branch.encoded());
  }

  private static WorkflowProto.RunRef ref(long run, int slot) {
    return WorkflowProto.RunRef.newBuilder().setRun(run).setSlot(slot).build();
  }
}
