package io.raftoral.workflow.engine.state;

/**
 * A signal or update that a run has not received yet.
 *
 * @param sequence its number in the run's inbox, from 1
 * @param requestId of the client's request
 * @param value JSON; must not be changed
 * @param update whether somebody waits for what the run makes of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record InboxEntry(long sequence, String requestId, String name, byte[] value, boolean update) {}
