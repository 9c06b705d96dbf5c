package io.raftoral.workflow.engine;

import io.raftoral.workflow.RunStatus;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param result JSON, null unless it completed
 * @param failureType class name of what it failed with, null unless it failed
 */
public record RunEnd(
    String workflowId,
    long run,
    RunStatus status,
    @Nullable String result,
    @Nullable String failureType,
    @Nullable String failureMessage) {}
