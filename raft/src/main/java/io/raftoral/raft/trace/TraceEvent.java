package io.raftoral.raft.trace;

import io.raftoral.raft.RoleName;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * One transition and the state right after it. The fields are the variables of the usual TLA+ specification of Raft, so
 * that a recorded sequence can be checked against it step by step.
 *
 * @param kind what happened
 * @param node where
 * @param term {@code currentTerm[node]}
 * @param vote {@code votedFor[node]}, {@link Message#NOBODY} for Nil
 * @param commit {@code commitIndex[node]}
 * @param role {@code state[node]}
 * @param logLength index of the last entry, durable or not: {@code Len(log[node])} of a log that was never compacted
 * @param configuration the configuration in force
 * @param message what was sent or received, null for other kinds
 */
public record TraceEvent(
    Kind kind,
    long node,
    long term,
    long vote,
    long commit,
    RoleName role,
    long logLength,
    ConfState configuration,
    @Nullable Message message) {

  /** What happened; in brackets the action of the TLA+ specification. */
  public enum Kind {
    /** The node starts from its durable state (Restart). */
    INIT,
    /** It follows, in a new term or the present one (UpdateTerm, BecomeFollower). */
    BECOME_FOLLOWER,
    /** It asks around before campaigning (no counterpart: a stutter). */
    BECOME_PRE_CANDIDATE,
    /** It campaigns (Timeout). */
    BECOME_CANDIDATE,
    /** It won (BecomeLeader). */
    BECOME_LEADER,
    /** A leader appended entries of its own (ClientRequest, AddNewServer, DeleteServer). */
    REPLICATE,
    /** A follower's log took over entries or a snapshot (part of HandleAppendEntriesRequest). */
    APPEND,
    /** The commit index advanced (AdvanceCommitIndex, or part of HandleAppendEntriesRequest). */
    COMMIT,
    /** A configuration came into force (ApplyConfigChange). */
    APPLY_CONFIGURATION,
    /**
     * A message leaves the core: at once, or once what it promises is durable (RequestVote, AppendEntries,
     * responses).
     */
    SEND,
    /** A message is about to be handled; the state is the one before (Receive). */
    RECEIVE
  }
}
