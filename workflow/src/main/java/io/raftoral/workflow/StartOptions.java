package io.raftoral.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a run is started.
 *
 * @param timeout how long it may take, all of the runs that continue it together; it then ends with {@link
 *     RunStatus#TIMED_OUT}. Null for as long as it does
 */
public record StartOptions(@Nullable Duration timeout) {
  /** Nothing special. */
  public static final StartOptions DEFAULT = new StartOptions(null);

  /** Checks the range. */
  public StartOptions {
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new ConfigurationException("the timeout of a run must be positive, but is " + timeout);
    }
  }

  /** The same with a limit on how long the run may take. */
  public StartOptions withTimeout(Duration changed) {
    return new StartOptions(changed);
  }
}
