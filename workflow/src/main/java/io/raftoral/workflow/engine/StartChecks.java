package io.raftoral.workflow.engine;

import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.run.WorkflowTypes;
import io.raftoral.workflow.engine.state.RunInfo;
import java.util.Arrays;

/** What a start has to look like before it is worth a place in the log. Any thread. */
final class StartChecks {
  private final EngineConfig config;
  private final WorkflowTypes types;
  private final Payloads payloads;

  StartChecks(EngineConfig config, WorkflowTypes types, Payloads payloads) {
    this.config = config;
    this.types = types;
    this.payloads = payloads;
  }

  /** The type that is meant, 0 being the newest version. */
  WorkflowType<?, ?> type(String type, int version) {
    WorkflowType<?, ?> found = types.find(type, version);
    if (found == null) {
      throw new RefusedException(
          RefusedException.Code.UNKNOWN_TYPE,
          "workflow type " + type + (version == 0 ? "" : " version " + version) + " is not registered on node "
              + config.node() + ", which has " + types.names());
    }
    return found;
  }

  /** The input as the type writes it, so that equal inputs are equal bytes. */
  byte[] canonical(WorkflowType<?, ?> type, byte[] inputJson) {
    int max = config.limits().maxPayloadBytes();
    if (inputJson.length > max) {
      throw new LimitExceededException(
          "the input has " + inputJson.length + " bytes, more than the " + max + " that a payload may have");
    }
    String what = "the input for workflow type " + type.name();
    byte[] canonical;
    try {
      canonical = payloads.encode(what, type.inputClass(), payloads.decode(what, type.inputClass(), inputJson));
    } catch (PayloadException malformed) {
      throw new RefusedException(RefusedException.Code.BAD_REQUEST, String.valueOf(malformed.getMessage()));
    }
    if (canonical.length > max) {
      // Written out in full, with its defaults, a small text may be large.
      throw new LimitExceededException(
          "the input has " + canonical.length + " bytes as " + type.name() + " writes it, more than the " + max
              + " that a payload may have");
    }
    return canonical;
  }

  /** A release whose input class has grown writes the same input in other bytes than the one that started the run. */
  boolean sameInput(WorkflowType<?, ?> type, RunInfo known, byte[] input) {
    try {
      return known.type().equals(type.name()) && Arrays.equals(canonical(type, known.input()), input);
    } catch (RaftoralException unreadable) {
      return false;
    }
  }
}
