package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.proto.v1.WorkflowProto;
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
      case Outcome.Ended e -> builder.setEnded(WorkflowProto.Ended.newBuilder().setResult(result(e.result())));
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
      case ENDED -> new Outcome.Ended(result(outcome.getEnded().getResult()));
      case KIND_NOT_SET -> throw new UnknownCommandException("a kind of outcome");
    };
  }

  private static WorkflowProto.Result result(Result result) {
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

  private static Result result(WorkflowProto.Result result) {
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
