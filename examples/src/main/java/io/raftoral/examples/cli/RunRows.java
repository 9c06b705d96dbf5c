package io.raftoral.examples.cli;

import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import tools.jackson.databind.node.ObjectNode;

/** How a run looks in lists. */
final class RunRows {
  private RunRows() {}

  static ObjectNode json(RunSummary run) {
    return Json.object()
        .put("workflow", run.workflowId())
        .put("run", run.run())
        .put("type", run.type())
        .put("version", run.version())
        .put("status", run.status().name())
        .put("startedAt", run.startedAt().toString())
        .put("endedAt", run.endedAt() == null ? null : run.endedAt().toString())
        .put("checkpoints", run.checkpoints());
  }

  static String status(RunStatus status) {
    return switch (status) {
      case RUNNING -> "running";
      case COMPLETED -> "completed";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
      case TERMINATED -> "terminated";
      case TIMED_OUT -> "timed out";
      case CONTINUED_AS_NEW -> "continued";
    };
  }
}
