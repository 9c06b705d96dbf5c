package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.workflow.RunStatus;
import java.util.UUID;

/** Outcomes as they stand in commands and in the store. */
public final class OutcomeCodec {
  private OutcomeCodec() {}

  /** The bytes of an outcome. */
  public static byte[] encode(Outcome outcome) {
    WorkflowProto.Outcome.Builder builder = WorkflowProto.Outcome.newBuilder();
    switch (outcome) {
      case Outcome.Assigned a ->
          builder.setAssigned(
              WorkflowProto.Assigned.newBuilder().setVariable(a.variable()).setResult(result(a.result())));
      case Outcome.EffectDone e ->
          builder.setEffect(
              WorkflowProto.EffectDone.newBuilder()
                  .setName(e.name())
                  .setAttempt(e.attempt())
                  .setResult(result(e.result())));
      case Outcome.Computed c ->
          builder.setComputed(WorkflowProto.Computed.newBuilder().setName(c.name()).setResult(result(c.result())));
      case Outcome.TimerSet t ->
          builder.setTimerSet(
              WorkflowProto.TimerSet.newBuilder().setDurationMs(t.durationMs()).setDeadlineMs(t.deadlineMs()));
      case Outcome.TimerFired t -> builder.setTimerFired(WorkflowProto.TimerFired.newBuilder().setAtMs(t.atMs()));
      case Outcome.TimeRead t -> builder.setTimeRead(WorkflowProto.TimeRead.newBuilder().setTimeMs(t.timeMs()));
      case Outcome.UuidDrawn u ->
          builder.setUuidDrawn(
              WorkflowProto.UuidDrawn.newBuilder()
                  .setMost(u.uuid().getMostSignificantBits())
                  .setLeast(u.uuid().getLeastSignificantBits()));
      case Outcome.LimitReached l ->
          builder.setLimitReached(WorkflowProto.LimitReached.newBuilder().setMessage(l.message()));
      case Outcome.Ended e ->
          builder.setEnded(
              WorkflowProto.Ended.newBuilder().setStatus(Statuses.encode(e.status())).setResult(result(e.result())));
      case Outcome.Received r ->
          builder.setReceived(
              WorkflowProto.Received.newBuilder()
                  .setSequence(r.entry().sequence())
                  .setName(r.entry().name())
                  .setValue(UnsafeByteOperations.unsafeWrap(r.entry().value()))
                  .setRequestId(r.entry().requestId())
                  .setUpdate(r.entry().update()));
      case Outcome.NothingReceived n ->
          builder.setNothingReceived(WorkflowProto.NothingReceived.newBuilder().setName(n.signal()));
      case Outcome.Answered a ->
          builder.setAnswered(
              WorkflowProto.Answered.newBuilder().setRequestId(a.requestId()).setResult(result(a.result())));
      case Outcome.Cancelled c -> builder.setCancelled(WorkflowProto.Cancelled.newBuilder().setReason(c.reason()));
      case Outcome.Forked f ->
          builder.setForked(
              WorkflowProto.Forked.newBuilder().setJoin(Statuses.encode(f.join())).setChildren(f.children()));
      case Outcome.Joined j -> {
        WorkflowProto.Joined.Builder joined = WorkflowProto.Joined.newBuilder();
        builder.setJoined(j.decidedBy() < 0 ? joined : joined.setDecidedBy(j.decidedBy()));
      }
      case Outcome.BranchEnded b ->
          builder.setBranchEnded(WorkflowProto.BranchEnded.newBuilder().setResult(result(b.result())));
      case Outcome.ChildStarted c -> builder.setChildStarted(child(c.start()));
      case Outcome.ChildEnded c ->
          builder.setChildEnded(
              WorkflowProto.ChildEnded.newBuilder().setWorkflowId(c.workflowId()).setResult(result(c.result())));
      case Outcome.VersionMarked v ->
          builder.setVersionMarked(
              WorkflowProto.VersionMarked.newBuilder().setChangeId(v.changeId()).setVersion(v.version()));
    }
    return builder.build().toByteArray();
  }

  /** The opposite of {@link #encode}. */
  static Outcome decode(ByteString bytes) {
    WorkflowProto.Outcome outcome;
    try {
      outcome = WorkflowProto.Outcome.parseFrom(bytes);
    } catch (InvalidProtocolBufferException malformed) {
      throw new UnknownCommandException("an outcome that cannot be read (" + malformed.getMessage() + ")");
    }
    return switch (outcome.getKindCase()) {
      case ASSIGNED -> {
        WorkflowProto.Assigned a = outcome.getAssigned();
        yield new Outcome.Assigned(a.getVariable(), result(a.getResult()));
      }
      case EFFECT -> {
        WorkflowProto.EffectDone e = outcome.getEffect();
        yield new Outcome.EffectDone(e.getName(), e.getAttempt(), result(e.getResult()));
      }
      case COMPUTED -> {
        WorkflowProto.Computed c = outcome.getComputed();
        yield new Outcome.Computed(c.getName(), result(c.getResult()));
      }
      case TIMER_SET -> {
        WorkflowProto.TimerSet t = outcome.getTimerSet();
        yield new Outcome.TimerSet(t.getDurationMs(), t.getDeadlineMs());
      }
      case TIMER_FIRED -> new Outcome.TimerFired(outcome.getTimerFired().getAtMs());
      case TIME_READ -> new Outcome.TimeRead(outcome.getTimeRead().getTimeMs());
      case UUID_DRAWN -> {
        WorkflowProto.UuidDrawn u = outcome.getUuidDrawn();
        yield new Outcome.UuidDrawn(new UUID(u.getMost(), u.getLeast()));
      }
      case LIMIT_REACHED -> new Outcome.LimitReached(outcome.getLimitReached().getMessage());
      case ENDED -> {
        RunStatus status = Statuses.decode(outcome.getEnded().getStatus());
        Result result = result(outcome.getEnded().getResult());
        yield status.ended() ? new Outcome.Ended(status, result) : Outcome.Ended.of(result);
      }
      case RECEIVED -> {
        WorkflowProto.Received r = outcome.getReceived();
        yield new Outcome.Received(
            new InboxEntry(
                r.getSequence(), r.getRequestId(), r.getName(), r.getValue().toByteArray(), r.getUpdate()));
      }
      case NOTHING_RECEIVED -> new Outcome.NothingReceived(outcome.getNothingReceived().getName());
      case ANSWERED ->
          new Outcome.Answered(outcome.getAnswered().getRequestId(), result(outcome.getAnswered().getResult()));
      case CANCELLED -> new Outcome.Cancelled(outcome.getCancelled().getReason());
      case FORKED ->
          new Outcome.Forked(Statuses.decode(outcome.getForked().getJoin()), outcome.getForked().getChildren());
      case JOINED ->
          new Outcome.Joined(outcome.getJoined().hasDecidedBy() ? outcome.getJoined().getDecidedBy() : -1);
      case BRANCH_ENDED -> new Outcome.BranchEnded(result(outcome.getBranchEnded().getResult()));
      case CHILD_STARTED -> new Outcome.ChildStarted(child(outcome.getChildStarted()));
      case CHILD_ENDED ->
          new Outcome.ChildEnded(outcome.getChildEnded().getWorkflowId(), result(outcome.getChildEnded().getResult()));
      case VERSION_MARKED ->
          new Outcome.VersionMarked(outcome.getVersionMarked().getChangeId(), outcome.getVersionMarked().getVersion());
      case KIND_NOT_SET -> throw new UnknownCommandException("a kind of outcome");
    };
  }

  private static WorkflowProto.ChildStarted child(ChildStart child) {
    WorkflowProto.Start.Builder start =
        WorkflowProto.Start.newBuilder()
            .setWorkflowId(child.workflowId())
            .setType(child.type())
            .setTypeVersion(child.version())
            .setInput(UnsafeByteOperations.unsafeWrap(child.input()));
    if (child.timeoutMs() != RunInfo.Origin.NO_DEADLINE) {
      start.setTimeoutMs(child.timeoutMs());
    }
    return WorkflowProto.ChildStarted.newBuilder()
        .setStart(start)
        .setOnParentClose(Statuses.encode(child.onParentClose()))
        .build();
  }

  private static ChildStart child(WorkflowProto.ChildStarted child) {
    WorkflowProto.Start start = child.getStart();
    return new ChildStart(
        start.getWorkflowId(),
        start.getType(),
        start.getTypeVersion(),
        start.getInput().toByteArray(),
        start.hasTimeoutMs() ? start.getTimeoutMs() : RunInfo.Origin.NO_DEADLINE,
        Statuses.decode(child.getOnParentClose()));
  }

  static WorkflowProto.Result result(Result result) {
    WorkflowProto.Result.Builder builder = WorkflowProto.Result.newBuilder();
    return switch (result) {
      case Result.Value v -> builder.setValue(UnsafeByteOperations.unsafeWrap(v.json())).build();
      case Result.Failure f ->
          builder
              .setFailure(
                  WorkflowProto.Failure.newBuilder()
                      .setType(f.type())
                      .setMessage(f.message())
                      .addAllSupertypes(f.supertypes()))
              .build();
      case Result.Unknown u -> builder.setUnknown(WorkflowProto.Unknown.getDefaultInstance()).build();
    };
  }

  static Result result(WorkflowProto.Result result) {
    return switch (result.getKindCase()) {
      case VALUE -> new Result.Value(result.getValue().toByteArray());
      case FAILURE -> {
        WorkflowProto.Failure f = result.getFailure();
        yield new Result.Failure(f.getType(), f.getMessage(), f.getSupertypesList());
      }
      case UNKNOWN -> Result.UNKNOWN;
      case KIND_NOT_SET -> throw new UnknownCommandException("a kind of result");
    };
  }
}
