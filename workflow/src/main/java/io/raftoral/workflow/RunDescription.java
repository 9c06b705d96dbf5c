package io.raftoral.workflow;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run in full, as one replica has it. Payloads are JSON.
 *
 * @param result null unless it completed
 * @param failureType class name of the exception it failed with, null unless it failed
 * @param failureMessage that exception's message
 * @param variables the replicated variables, in the order of their first assignment
 * @param journal the newest checkpoints, oldest first; at most {@value #MAX_JOURNAL}, fewer if they are large
 * @param problem what keeps the run from going on at the replica that answered, null if nothing does
 */
public record RunDescription(
    RunSummary summary,
    String input,
    @Nullable String result,
    @Nullable String failureType,
    @Nullable String failureMessage,
    Map<String, String> variables,
    List<Checkpoint> journal,
    @Nullable String problem) {

  /** How many checkpoints are listed at most. */
  public static final int MAX_JOURNAL = 200;

  /**
   * One position of the journal.
   *
   * @param kind what was done
   * @param value JSON, or the failure's text
   * @param term of the activation that computed it
   */
  public record Checkpoint(long position, String kind, String name, String value, long term) {}
}
