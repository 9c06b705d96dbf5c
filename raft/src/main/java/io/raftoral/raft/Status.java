package io.raftoral.raft;

import io.raftoral.raft.membership.ConfState;
import java.util.List;

/**
 * What an operator asks of a node; a copy that does not change.
 *
 * @param transferee whom leadership is being handed to, {@link io.raftoral.raft.message.Message#NOBODY} if to nobody
 * @param uncommittedBytes what the leader's proposals that are not applied yet add up to
 * @param rejectedMessages how many malformed messages were thrown away since the node started
 * @param peers one line a member, sorted by id; empty unless this node leads
 */
public record Status(
    long node,
    RoleName role,
    long term,
    long vote,
    long leader,
    long transferee,
    long commit,
    long applied,
    long firstIndex,
    long lastIndex,
    long lastTerm,
    long uncommittedBytes,
    ConfState confState,
    long rejectedMessages,
    List<Peer> peers) {

  /** How the leader replicates to a member. */
  public enum Replication {
    /** One message at a time, looking for the point where the logs agree. */
    PROBE,
    /** A stream of messages. */
    REPLICATE,
    /** Waiting for a snapshot to be installed. */
    SNAPSHOT
  }

  /**
   * What the leader knows of one member.
   *
   * @param match the highest index that the member is known to hold
   * @param next the index of the next entry to be sent
   * @param pendingSnapshot the index of the snapshot under way, 0 if none
   * @param paused whether flow control holds messages back
   */
  public record Peer(
      long node,
      Replication replication,
      long match,
      long next,
      boolean learner,
      boolean paused,
      long pendingSnapshot,
      boolean recentlyActive,
      int inFlightMessages,
      long inFlightBytes) {}
}
