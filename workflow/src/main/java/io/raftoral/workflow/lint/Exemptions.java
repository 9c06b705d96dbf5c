package io.raftoral.workflow.lint;

import io.raftoral.workflow.lint.CallRules.Call;

/** Calls whose lambdas may do anything, because what comes of them is replicated. */
final class Exemptions {
  private Exemptions() {}

  /** Whether the lambdas among a call's arguments are bodies of effects or computations. */
  static boolean isBody(Call call) {
    return switch (call.owner()) {
      case "io/raftoral/workflow/Workflow", "io/raftoral/workflow/WorkflowContext" ->
          call.name().equals("sideEffect") || call.name().equals("compute");
      case "io/raftoral/workflow/SideEffect" -> call.name().startsWith("with");
      default -> false;
    };
  }
}
