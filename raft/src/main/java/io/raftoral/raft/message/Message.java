package io.raftoral.raft.message;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Everything that one node of a Raft group says to another. One record a kind, with only the fields that kind has.
 *
 * <p>Local events (ticks, campaigns, storage acknowledgements) are method calls on {@link io.raftoral.raft.RawNode}
 * and have no message: they can never arrive from the network.
 *
 * <p>Node ids are positive. {@code term} is the sender's term, or for {@link PreVoteRequest} and a granted
 * {@link PreVoteResponse} the term the candidate would campaign in; forwarded requests carry term 0, which means
 * "whatever term you are in".
 */
public sealed interface Message {

  /** The id that names no node: no vote, no leader, no transferee. */
  long NOBODY = 0;

  /** The node that sent this message. */
  long from();

  /** The node that this message is for. */
  long to();

  /** The term this message belongs to; see the interface's comment. */
  long term();

  /**
   * Replicates entries (Raft paper, AppendEntries).
   *
   * @param prevIndex index of the entry before {@code entries}
   * @param prevTerm term of that entry; the receiver must hold it or refuses
   * @param commit the leader's commit index
   * @param entries consecutive, starting at {@code prevIndex + 1}; may be empty
   */
  record AppendRequest(long from, long to, long term, long prevIndex, long prevTerm, long commit, List<Entry> entries)
      implements Message {}

  /**
   * The sender holds, durably, the leader's log up to {@code matchIndex}.
   *
   * @param matchIndex index of the last entry that is known to match
   */
  record AppendAccepted(long from, long to, long term, long matchIndex) implements Message {}

  /**
   * The sender does not hold the entry before the appended ones.
   *
   * @param rejectedIndex the {@code prevIndex} that was refused
   * @param hintIndex the highest index at which the logs may still agree
   * @param hintTerm the sender's term at {@code hintIndex}, 0 if it does not know it
   */
  record AppendRejected(long from, long to, long term, long rejectedIndex, long hintIndex, long hintTerm)
      implements Message {}

  /**
   * The leader is alive.
   *
   * @param commit what the receiver may commit: never beyond what it is known to hold
   * @param round counts the leader's rounds of heartbeats; echoed in the answer, so that the leader knows when the
   *     answer was asked for. Reads and the lease are confirmed by rounds
   */
  record Heartbeat(long from, long to, long term, long commit, long round) implements Message {}

  /**
   * Answers a {@link Heartbeat}; confirms that the sender followed this leader after the round had begun.
   *
   * @param round the heartbeat's
   */
  record HeartbeatResponse(long from, long to, long term, long round) implements Message {}

  /**
   * Asks for a vote (Raft paper, RequestVote).
   *
   * @param commit the candidate's commit index. Whoever must refuse the vote may learn from it that a membership change
   *     is committed, and become electable (etcd-io/etcd#12359)
   * @param commitTerm the term of the entry at {@code commit}, 0 if it is not known any more
   * @param transfer true if the old leader asked for this election, so that the receiver's leader lease does not count
   */
  record VoteRequest(
      long from, long to, long term, long lastIndex, long lastTerm, long commit, long commitTerm, boolean transfer)
      implements Message {}

  /**
   * Answers a {@link VoteRequest}.
   *
   * @param commit the sender's commit index if it refuses, else 0
   * @param commitTerm the term of the entry at {@code commit}
   */
  record VoteResponse(long from, long to, long term, boolean granted, long commit, long commitTerm)
      implements Message {}

  /**
   * Asks whether a vote would be granted, without raising anybody's term (Raft thesis, section 9.6). The fields are
   * those of {@link VoteRequest}.
   */
  record PreVoteRequest(
      long from, long to, long term, long lastIndex, long lastTerm, long commit, long commitTerm)
      implements Message {}

  /**
   * Answers a {@link PreVoteRequest}; carries the candidate's future term if granted, the sender's own if not. The
   * other fields are those of {@link VoteResponse}.
   */
  record PreVoteResponse(long from, long to, long term, boolean granted, long commit, long commitTerm)
      implements Message {}

  /** Replaces the receiver's log prefix by a snapshot (Raft paper, section 7). */
  record InstallSnapshot(long from, long to, long term, Snapshot snapshot) implements Message {}

  /**
   * Asks for the next part of a snapshot's data. What the paper does with one message, {@code InstallSnapshot} with
   * offset and data, is done here by whoever drives the core: the core sends and takes snapshots whole, and throws this
   * message and the next away.
   *
   * @param index the snapshot's last index
   * @param indexTerm the term of that entry; together they name the snapshot
   * @param cursor where to go on: empty at first, then what the last part said
   */
  record SnapshotRequest(long from, long to, long index, long indexTerm, byte[] cursor) implements Message {
    @Override
    public long term() {
      return 0;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof SnapshotRequest(long f, long t, long i, long it, byte[] c)
          && f == from
          && t == to
          && i == index
          && it == indexTerm
          && Arrays.equals(c, cursor);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(index) + Arrays.hashCode(cursor);
    }

    @Override
    public String toString() {
      return "SnapshotRequest[from=" + from + ", to=" + to + ", " + index + "/" + indexTerm + ", cursor="
          + HexFormat.of().formatHex(cursor) + "]";
    }
  }

  /**
   * Answers a {@link SnapshotRequest}.
   *
   * @param cursor the request's
   * @param next where the part after this one begins; empty if this is the last
   * @param data the part itself
   * @param crc CRC-32C of cursor, next and data, made where the data was read
   */
  record SnapshotPart(
      long from, long to, long index, long indexTerm, byte[] cursor, byte[] next, byte[] data, int crc)
      implements Message {
    @Override
    public long term() {
      return 0;
    }

    @Override
    public boolean equals(Object other) {
      return other
              instanceof
              SnapshotPart(long f, long t, long i, long it, byte[] c, byte[] n, byte[] d, int k)
          && f == from
          && t == to
          && i == index
          && it == indexTerm
          && k == crc
          && Arrays.equals(c, cursor)
          && Arrays.equals(n, next)
          && Arrays.equals(d, data);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(index) + crc;
    }

    @Override
    public String toString() {
      return "SnapshotPart[from=" + from + ", to=" + to + ", " + index + "/" + indexTerm + ", " + data.length + "B]";
    }
  }

  /** The leader asks the receiver to campaign at once (Raft thesis, section 3.10). */
  record TimeoutNow(long from, long to, long term) implements Message {}

  /** A proposal, passed on to the leader. */
  record ForwardedProposal(long from, long to, List<byte[]> data) implements Message {
    @Override
    public long term() {
      return 0;
    }
  }

  /** A membership change, passed on to the leader. */
  record ForwardedConfChange(long from, long to, io.raftoral.raft.membership.ConfChange change) implements Message {
    @Override
    public long term() {
      return 0;
    }
  }

  /** A follower's read, passed on to the leader; {@code context} is the follower's own counter. */
  record ReadIndexRequest(long from, long to, long context) implements Message {
    @Override
    public long term() {
      return 0;
    }
  }

  /** Answers a {@link ReadIndexRequest}: whoever has applied {@code index} may serve the read. */
  record ReadIndexResponse(long from, long to, long term, long context, long index) implements Message {}

  /** A follower's wish to hand leadership over, passed on to the leader. */
  record ForwardedTransfer(long from, long to, long transferee) implements Message {
    @Override
    public long term() {
      return 0;
    }
  }
}
