package io.raftoral.workflow.engine.state;

/**
 * One filled position of a branch.
 *
 * @param position from 1
 * @param by who computed it
 * @param timeMs the group's clock when it was applied
 * @param bytes how large the stored outcome is
 */
public record JournalEntry(long position, By by, long timeMs, Outcome outcome, int bytes) {}
