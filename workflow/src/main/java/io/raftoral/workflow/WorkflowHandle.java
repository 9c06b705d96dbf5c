package io.raftoral.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A run that was started, here or elsewhere. Safe for use by several threads. */
public interface WorkflowHandle<O extends @Nullable Object> {

  /** The id under which it was started. */
  String id();

  /**
   * Waits for the end of the run, as long as the client's default timeout.
   *
   * @throws WorkflowFailedException if the run failed
   * @throws RequestOutcomeUnknownException if it did not end in time
   */
  O result();

  /** Likewise, within {@code timeout}. */
  O result(Duration timeout);

  /**
   * Hands a value to the run; see {@link RaftoralClient#signal}.
   *
   * @param value written as JSON by its own class; null for none
   */
  void signal(String signal, @Nullable Object value);

  /** Likewise, delivered once however often it is sent with this request id. */
  void signal(String signal, String requestId, @Nullable Object value);

  /** Hands a value to the run and waits for its answer; see {@link RaftoralClient#update}. */
  <R extends @Nullable Object> R update(String update, Class<R> resultClass, @Nullable Object value);

  /** Likewise; the same request id waits for the same answer. */
  <R extends @Nullable Object> R update(
      String update, String requestId, Class<R> resultClass, @Nullable Object value);

  /** Asks the run something, or for the value of a variable; see {@link RaftoralClient#query}. */
  <R extends @Nullable Object> R query(String query, Class<R> resultClass);

  /** Likewise, with an argument. */
  <R extends @Nullable Object> R query(String query, Class<R> resultClass, @Nullable Object argument);

  /** Asks the run to end: its code learns of it where it waits, and may compensate. */
  void cancel(String reason);

  /** Ends the run at once; its code does not learn of it. */
  void terminate(String reason);

  /** What the run looks like now. */
  RunDescription describe();
}
