package io.raftoral.workflow;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list; all conditions have to hold. The {@code with…} methods return a changed copy.
 *
 * @param type only runs of this type, null for all
 * @param status only runs that stand so, null for all
 * @param startedFrom only runs that were started then or later, null for all
 * @param startedBefore only runs that were started before that, null for all
 * @param variables only runs whose replicated variables of these names hold these values, as JSON: what a workflow wants
 *     to be found by, it assigns to a variable. At most {@value #MAX_VARIABLES}
 * @param pageSize at most so many in one answer, 1 to 1000
 * @param pageToken where to go on, as the last answer said; empty for the beginning
 */
public record RunFilter(
    @Nullable String type,
    @Nullable RunStatus status,
    @Nullable Instant startedFrom,
    @Nullable Instant startedBefore,
    Map<String, String> variables,
    int pageSize,
    String pageToken) {
  /** How many runs one answer may hold at most. */
  public static final int MAX_PAGE_SIZE = 1000;

  /** How many variables may be asked for. */
  public static final int MAX_VARIABLES = 16;

  /** The first hundred of all runs. */
  public static final RunFilter ALL = new RunFilter(null, null, 100, "");

  /** Checks the ranges. */
  public RunFilter {
    variables = Map.copyOf(variables);
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
      throw new ConfigurationException("pageSize must be 1 to " + MAX_PAGE_SIZE + ", but is " + pageSize);
    }
    if (variables.size() > MAX_VARIABLES) {
      throw new ConfigurationException(
          "a filter may name " + MAX_VARIABLES + " variables, but this one has " + variables.size());
    }
  }

  /** Runs of a type and status. */
  public RunFilter(@Nullable String type, @Nullable RunStatus status, int pageSize, String pageToken) {
    this(type, status, null, null, Map.of(), pageSize, pageToken);
  }

  /** The same for runs that were started in {@code [from, before)}; null leaves a side open. */
  public RunFilter withStarted(@Nullable Instant from, @Nullable Instant before) {
    return new RunFilter(type, status, from, before, variables, pageSize, pageToken);
  }

  /** The same for runs whose variables hold these values, as JSON. */
  public RunFilter withVariables(Map<String, String> json) {
    return new RunFilter(type, status, startedFrom, startedBefore, json, pageSize, pageToken);
  }

  /** The same, going on where {@code page} ended. */
  public RunFilter after(RunPage page) {
    return new RunFilter(type, status, startedFrom, startedBefore, variables, pageSize, page.nextPageToken());
  }
}
