package io.raftoral.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A run of a workflow class. Safe for use by several threads.
 *
 * @param <W> the class
 */
public interface WorkflowRun<W> {
  /** The id under which it was started. */
  String id();

  /**
   * Waits for the end of the run, as long as the client's default timeout. The result is what the entry method returns;
   * Java cannot know its type from the class, so it is checked where it is assigned. {@code start(Checkout::run, …)} has
   * the compiler check it.
   *
   * @throws WorkflowFailedException if the run failed
   * @throws RequestOutcomeUnknownException if it did not end in time
   */
  @SuppressWarnings("TypeParameterUnusedInFormals") // Java cannot name the result's type by the class
  <R extends @Nullable Object> R result();

  /** Likewise, within {@code timeout}. */
  @SuppressWarnings("TypeParameterUnusedInFormals") // likewise
  <R extends @Nullable Object> R result(Duration timeout);

  /** What the run looks like now. */
  RunDescription describe();
}
