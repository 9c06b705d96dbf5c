package io.raftoral.workflow;

import java.time.Duration;
import java.util.List;

/**
 * When a failed side effect is tried again. Attempts and the time between them are durable: both survive failover.
 *
 * @param maxAttempts how often in all; at least 1
 * @param initialBackoff how long to wait after the first failure; doubles with each further one
 * @param maxBackoff the longest wait
 * @param nonRetryable names of exception classes after which there is no further attempt; a subclass counts too
 * @param notExecuted names of exception classes that prove that the effect did not happen: a refused connection, a
 *     declined card. Only after one of these is an {@link Delivery#AT_MOST_ONCE} effect tried again; a subclass counts
 *     too
 * @param jitter by which part of itself a wait is lengthened at most, 0 to 1: so that what failed together is not tried
 *     again together. By how much follows from the effect's key, so that every replica waits for the same
 */
public record RetryPolicy(
    int maxAttempts,
    Duration initialBackoff,
    Duration maxBackoff,
    List<String> nonRetryable,
    List<String> notExecuted,
    double jitter) {

  /** One attempt. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, List.of(), List.of(), 0);

  /** Checks the ranges and copies the list. */
  public RetryPolicy {
    nonRetryable = List.copyOf(nonRetryable);
    notExecuted = List.copyOf(notExecuted);
    if (maxAttempts < 1) {
      throw new ConfigurationException("maxAttempts must be at least 1, but is " + maxAttempts);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new ConfigurationException("jitter must be 0 to 1, but is " + jitter);
    }
    if (initialBackoff.isNegative() || maxBackoff.compareTo(initialBackoff) < 0) {
      throw new ConfigurationException(
          "back-off must not be negative nor its maximum below its start: " + initialBackoff + " to " + maxBackoff);
    }
  }

  /** Tries up to {@code maxAttempts} times, waiting {@code initialBackoff} first, then longer, up to a minute. */
  public static RetryPolicy exponential(int maxAttempts, Duration initialBackoff) {
    Duration minute = Duration.ofMinutes(1);
    return new RetryPolicy(
        maxAttempts,
        initialBackoff,
        initialBackoff.compareTo(minute) > 0 ? initialBackoff : minute,
        List.of(),
        List.of(),
        0);
  }

  /** The same, but without a further attempt after one of these exceptions. */
  public RetryPolicy notOn(List<Class<? extends Throwable>> exceptions) {
    return new RetryPolicy(maxAttempts, initialBackoff, maxBackoff, names(exceptions), notExecuted, jitter);
  }

  /** The same, knowing that an effect which threw one of these did not happen. */
  public RetryPolicy notExecutedOn(List<Class<? extends Throwable>> exceptions) {
    return new RetryPolicy(maxAttempts, initialBackoff, maxBackoff, nonRetryable, names(exceptions), jitter);
  }

  /** The same with waits that are spread; see {@link #jitter}. */
  public RetryPolicy withJitter(double changed) {
    return new RetryPolicy(maxAttempts, initialBackoff, maxBackoff, nonRetryable, notExecuted, changed);
  }

  /** Without jitter. */
  public RetryPolicy(
      int maxAttempts,
      Duration initialBackoff,
      Duration maxBackoff,
      List<String> nonRetryable,
      List<String> notExecuted) {
    this(maxAttempts, initialBackoff, maxBackoff, nonRetryable, notExecuted, 0);
  }

  private static List<String> names(List<Class<? extends Throwable>> exceptions) {
    return exceptions.stream().map(Class::getName).toList();
  }

  /** How long to wait after attempt number {@code attempt} failed. */
  public Duration backoffAfter(int attempt) {
    long factor = 1L << Math.min(attempt - 1, 30);
    Duration backoff =
        initialBackoff.isZero() || initialBackoff.compareTo(maxBackoff.dividedBy(factor)) > 0
            ? (initialBackoff.isZero() ? Duration.ZERO : maxBackoff)
            : initialBackoff.multipliedBy(factor);
    return backoff;
  }
}
