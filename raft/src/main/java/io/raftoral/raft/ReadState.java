package io.raftoral.raft;

/**
 * A read that was confirmed: it may be served from any state that has applied {@code index}.
 *
 * @param context what the caller gave to {@link RawNode#readIndex(long)}
 */
public record ReadState(long context, long index) {}
