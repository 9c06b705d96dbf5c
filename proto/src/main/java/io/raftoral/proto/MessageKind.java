package io.raftoral.proto;

import io.raftoral.raft.message.Message;

/** The kinds of {@link Message}, each with the number of its body in {@code RaftMessage}. For codecs and counters. */
public enum MessageKind {
  APPEND_REQUEST(4),
  APPEND_ACCEPTED(5),
  APPEND_REJECTED(6),
  HEARTBEAT(7),
  HEARTBEAT_RESPONSE(8),
  VOTE_REQUEST(9),
  VOTE_RESPONSE(10),
  PRE_VOTE_REQUEST(11),
  PRE_VOTE_RESPONSE(12),
  INSTALL_SNAPSHOT(13),
  TIMEOUT_NOW(14),
  FORWARDED_PROPOSAL(15),
  FORWARDED_CONF_CHANGE(16),
  READ_INDEX_REQUEST(17),
  READ_INDEX_RESPONSE(18),
  FORWARDED_TRANSFER(19),
  SNAPSHOT_REQUEST(20),
  SNAPSHOT_PART(21);

  private static final MessageKind[] ALL = values();

  private final int field;

  MessageKind(int field) {
    this.field = field;
  }

  /** The kind of a message. */
  public static MessageKind of(Message message) {
    return switch (message) {
      case Message.AppendRequest _ -> APPEND_REQUEST;
      case Message.AppendAccepted _ -> APPEND_ACCEPTED;
      case Message.AppendRejected _ -> APPEND_REJECTED;
      case Message.Heartbeat _ -> HEARTBEAT;
      case Message.HeartbeatResponse _ -> HEARTBEAT_RESPONSE;
      case Message.VoteRequest _ -> VOTE_REQUEST;
      case Message.VoteResponse _ -> VOTE_RESPONSE;
      case Message.PreVoteRequest _ -> PRE_VOTE_REQUEST;
      case Message.PreVoteResponse _ -> PRE_VOTE_RESPONSE;
      case Message.InstallSnapshot _ -> INSTALL_SNAPSHOT;
      case Message.TimeoutNow _ -> TIMEOUT_NOW;
      case Message.ForwardedProposal _ -> FORWARDED_PROPOSAL;
      case Message.ForwardedConfChange _ -> FORWARDED_CONF_CHANGE;
      case Message.ReadIndexRequest _ -> READ_INDEX_REQUEST;
      case Message.ReadIndexResponse _ -> READ_INDEX_RESPONSE;
      case Message.ForwardedTransfer _ -> FORWARDED_TRANSFER;
      case Message.SnapshotRequest _ -> SNAPSHOT_REQUEST;
      case Message.SnapshotPart _ -> SNAPSHOT_PART;
    };
  }

  /** The number of this kind's body in {@code RaftMessage}. */
  int field() {
    return field;
  }

  /** Whether a field of {@code RaftMessage} is a body that this version knows. */
  static boolean isBody(int field) {
    return field >= ALL[0].field && field <= ALL[ALL.length - 1].field;
  }

  /** The kind whose body has this number; {@link #isBody} must hold. */
  static MessageKind ofField(int field) {
    return ALL[field - ALL[0].field];
  }

  /** Whether the message is said in "whatever term you are in", that is with term 0. */
  boolean forwarded() {
    return switch (this) {
      case FORWARDED_PROPOSAL,
          FORWARDED_CONF_CHANGE,
          READ_INDEX_REQUEST,
          FORWARDED_TRANSFER,
          SNAPSHOT_REQUEST,
          SNAPSHOT_PART ->
          true;
      case APPEND_REQUEST,
          APPEND_ACCEPTED,
          APPEND_REJECTED,
          HEARTBEAT,
          HEARTBEAT_RESPONSE,
          VOTE_REQUEST,
          VOTE_RESPONSE,
          PRE_VOTE_REQUEST,
          PRE_VOTE_RESPONSE,
          INSTALL_SNAPSHOT,
          TIMEOUT_NOW,
          READ_INDEX_RESPONSE ->
          false;
    };
  }
}
