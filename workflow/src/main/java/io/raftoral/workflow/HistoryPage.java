package io.raftoral.workflow;

import java.util.List;

/**
 * Part of a run's journal, in order: the main branch first, then the others by depth and path.
 *
 * @param nextPageToken where the next page begins; empty if this was the last one
 */
public record HistoryPage(List<HistoryEntry> entries, String nextPageToken) {
  /** How many entries one page may hold at most; fewer if they are large. */
  public static final int MAX_PAGE_SIZE = 1000;

  /** Copies the entries. */
  public HistoryPage {
    entries = List.copyOf(entries);
  }
}
