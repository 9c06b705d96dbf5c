package io.raftoral.workflow.engine;

/**
 * A start that is committed and applied.
 *
 * @param created whether this request made the run, or found it
 */
public record StartedRun(String workflowId, long run, String type, int version, boolean created) {}
