package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Which runs to list.
 *
 * @param type only runs of this type, null for all
 * @param status only runs that stand so, null for all
 * @param pageSize at most so many in one answer, 1 to 1000
 * @param pageToken where to go on, as the last answer said; empty for the beginning
 */
public record RunFilter(@Nullable String type, @Nullable RunStatus status, int pageSize, String pageToken) {
  /** How many runs one answer may hold at most. */
  public static final int MAX_PAGE_SIZE = 1000;

  /** The first hundred of all runs. */
  public static final RunFilter ALL = new RunFilter(null, null, 100, "");

  /** Checks the range. */
  public RunFilter {
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
      throw new ConfigurationException("pageSize must be 1 to " + MAX_PAGE_SIZE + ", but is " + pageSize);
    }
  }
}
