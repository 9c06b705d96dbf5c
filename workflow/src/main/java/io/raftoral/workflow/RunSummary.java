package io.raftoral.workflow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run, in one line.
 *
 * @param run number of the run, unique in the cluster
 * @param checkpoints how many positions its journal holds
 * @param endedAt null while it runs
 */
public record RunSummary(
    String workflowId,
    long run,
    String type,
    int version,
    RunStatus status,
    Instant startedAt,
    @Nullable Instant endedAt,
    long checkpoints) {}
