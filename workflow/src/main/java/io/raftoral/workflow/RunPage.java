package io.raftoral.workflow;

import java.util.List;

/**
 * Part of a list of runs, ordered by where they are stored.
 *
 * @param nextPageToken to be given to the next {@link RunFilter}; empty if this was the last page
 */
public record RunPage(List<RunSummary> runs, String nextPageToken) {}
