package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.ParentClosePolicy;

/**
 * How a child is started.
 *
 * @param input JSON; must not be changed
 * @param timeoutMs how long it may take, {@link RunInfo.Origin#NO_DEADLINE} for as long as it does
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ChildStart(
    String workflowId, String type, int version, byte[] input, long timeoutMs, ParentClosePolicy onParentClose) {}
