package io.raftoral.workflow.engine.state;

import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.workflow.ParentClosePolicy;
import io.raftoral.workflow.RunStatus;

/** Enumerations as they are stored. */
final class Statuses {
  private Statuses() {}

  static WorkflowProto.RunHead.Status encode(RunStatus status) {
    return switch (status) {
      case RUNNING -> WorkflowProto.RunHead.Status.RUNNING;
      case COMPLETED -> WorkflowProto.RunHead.Status.COMPLETED;
      case FAILED -> WorkflowProto.RunHead.Status.FAILED;
      case CANCELLED -> WorkflowProto.RunHead.Status.CANCELLED;
      case TERMINATED -> WorkflowProto.RunHead.Status.TERMINATED;
      case TIMED_OUT -> WorkflowProto.RunHead.Status.TIMED_OUT;
      case CONTINUED_AS_NEW -> WorkflowProto.RunHead.Status.CONTINUED_AS_NEW;
    };
  }

  static RunStatus decode(WorkflowProto.RunHead.Status status) {
    return switch (status) {
      case RUNNING -> RunStatus.RUNNING;
      case COMPLETED -> RunStatus.COMPLETED;
      case FAILED -> RunStatus.FAILED;
      case CANCELLED -> RunStatus.CANCELLED;
      case TERMINATED -> RunStatus.TERMINATED;
      case TIMED_OUT -> RunStatus.TIMED_OUT;
      case CONTINUED_AS_NEW -> RunStatus.CONTINUED_AS_NEW;
      case UNRECOGNIZED -> throw new UnknownCommandException("a run's status");
    };
  }

  static WorkflowProto.OnParentClose encode(ParentClosePolicy policy) {
    return switch (policy) {
      case TERMINATE -> WorkflowProto.OnParentClose.TERMINATE;
      case REQUEST_CANCEL -> WorkflowProto.OnParentClose.REQUEST_CANCEL;
      case ABANDON -> WorkflowProto.OnParentClose.ABANDON;
    };
  }

  static ParentClosePolicy decode(WorkflowProto.OnParentClose policy) {
    return switch (policy) {
      case TERMINATE -> ParentClosePolicy.TERMINATE;
      case REQUEST_CANCEL -> ParentClosePolicy.REQUEST_CANCEL;
      case ABANDON -> ParentClosePolicy.ABANDON;
      case UNRECOGNIZED -> throw new UnknownCommandException("what happens to a child");
    };
  }

  static WorkflowProto.Join encode(Outcome.Join join) {
    return switch (join) {
      case ALL -> WorkflowProto.Join.ALL;
      case ANY -> WorkflowProto.Join.ANY;
      case RACE -> WorkflowProto.Join.RACE;
    };
  }

  static Outcome.Join decode(WorkflowProto.Join join) {
    return switch (join) {
      case ALL -> Outcome.Join.ALL;
      case ANY -> Outcome.Join.ANY;
      case RACE -> Outcome.Join.RACE;
      case UNRECOGNIZED -> throw new UnknownCommandException("a way to join branches");
    };
  }
}
