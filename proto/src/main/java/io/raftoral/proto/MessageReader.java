package io.raftoral.proto;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@code RaftMessage}.
 *
 * <p>Fields may come in any order, so a body cannot become a record before the whole message is read: its fields are
 * collected here and {@link #build} puts them together. The kinds share field numbers, all numbers are varints, and
 * the few other fields have a place of their own.
 */
final class MessageReader {
  private static final byte[] NO_DATA = new byte[0];

  /** Every body numbers its plain fields from 1 to 5 at most. */
  private long first;

  private long second;
  private long third;
  private long fourth;
  private long fifth;
  private @Nullable MessageKind kind;
  private @Nullable List<Entry> entries;
  private @Nullable List<byte[]> proposals;
  private @Nullable SnapshotMetadata metadata;
  private byte[] snapshotData = NO_DATA;
  private byte[] cursor = NO_DATA;
  private byte[] nextCursor = NO_DATA;
  private @Nullable ConfChange change;

  private MessageReader() {}

  static Message message(FieldReader in) throws IOException, DecodeException {
    return new MessageReader().read(in);
  }

  private Message read(FieldReader in) throws IOException, DecodeException {
    long from = 0;
    long to = 0;
    long term = 0;
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> from = in.number("a message's from");
        case 2 -> to = in.number("a message's to");
        case 3 -> term = in.number("a message's term");
        default -> {
          if (!MessageKind.isBody(field)) {
            in.skip();
            continue;
          }
          if (kind != null) {
            throw new DecodeException("a message has two bodies: " + kind + " and " + MessageKind.ofField(field));
          }
          kind = MessageKind.ofField(field);
          in.nested("a message's body", this::body);
        }
      }
    }
    if (kind == null) {
      throw new DecodeException("a message from " + from + " has no body of a known kind");
    }
    FieldReader.positive("a message's from", from);
    FieldReader.positive("a message's to", to);
    checkTerm(kind, term);
    return build(kind, from, to, term);
  }

  /** A node that never ran is in term 0 and may say so when it declines to pre-vote; nobody else has a reason to. */
  private void checkTerm(MessageKind of, long term) throws DecodeException {
    if (of.forwarded()) {
      if (term != 0) {
        throw new DecodeException(of + " has term " + term + ", want none");
      }
    } else if (term == 0 && !(of == MessageKind.PRE_VOTE_RESPONSE && first == 0)) {
      throw new DecodeException(of + " has no term");
    }
  }

  private MessageReader body(FieldReader in) throws IOException, DecodeException {
    for (int field = in.next(); field != 0; field = in.next()) {
      if (!special(field, in)) {
        switch (field) {
          case 1 -> first = plain(in);
          case 2 -> second = plain(in);
          case 3 -> third = plain(in);
          case 4 -> fourth = plain(in);
          case 5 -> fifth = plain(in);
          default -> in.skip();
        }
      }
    }
    return this;
  }

  private long plain(FieldReader in) throws IOException, DecodeException {
    return switch (kind) {
      // Rounds and contexts are counters of their sender, which start anywhere.
      case HEARTBEAT, HEARTBEAT_RESPONSE, READ_INDEX_REQUEST, READ_INDEX_RESPONSE -> in.opaqueNumber("a field of " + kind);
      case null, default -> in.number("a field of " + kind);
    };
  }

  /** Reads a field that is no number; false if {@code field} is none of those. */
  private boolean special(int field, FieldReader in) throws IOException, DecodeException {
    if (kind == MessageKind.APPEND_REQUEST && field == 4) {
      entries = entries == null ? new ArrayList<>() : entries;
      checkCount(entries.size());
      entries.add(in.nested("an entry", RecordReader::entry));
      return true;
    }
    if (kind == MessageKind.FORWARDED_PROPOSAL && field == 1) {
      proposals = proposals == null ? new ArrayList<>() : proposals;
      checkCount(proposals.size());
      proposals.add(in.bytes("a proposal"));
      return true;
    }
    if (kind == MessageKind.FORWARDED_CONF_CHANGE && field == 1) {
      change = in.nested("a change", RecordReader::confChange);
      return true;
    }
    if (kind == MessageKind.INSTALL_SNAPSHOT && field == 1) {
      metadata = in.nested("a snapshot's metadata", RecordReader::snapshotMetadata);
      return true;
    }
    if (kind == MessageKind.INSTALL_SNAPSHOT && field == 2) {
      snapshotData = in.bytes("a snapshot's data");
      return true;
    }
    if (kind == MessageKind.SNAPSHOT_REQUEST && field == 4 || kind == MessageKind.SNAPSHOT_PART && field == 4) {
      cursor = in.bytes("a cursor");
      return true;
    }
    if (kind == MessageKind.SNAPSHOT_PART && field == 5) {
      nextCursor = in.bytes("a next cursor");
      return true;
    }
    if (kind == MessageKind.SNAPSHOT_PART && field == 6) {
      snapshotData = in.bytes("a part's data");
      return true;
    }
    return false;
  }

  private static void checkCount(int count) throws DecodeException {
    if (count == RaftCodec.MAX_ITEMS) {
      throw new DecodeException("a message holds more than " + RaftCodec.MAX_ITEMS + " items");
    }
  }

  private Message build(MessageKind of, long from, long to, long term) throws DecodeException {
    return switch (of) {
      case APPEND_REQUEST -> append(from, to, term);
      case APPEND_ACCEPTED -> new Message.AppendAccepted(from, to, term, first);
      case APPEND_REJECTED -> new Message.AppendRejected(from, to, term, first, second, third);
      case HEARTBEAT -> new Message.Heartbeat(from, to, term, FieldReader.checked("a commit index", first), second);
      case HEARTBEAT_RESPONSE -> new Message.HeartbeatResponse(from, to, term, first);
      case VOTE_REQUEST ->
          new Message.VoteRequest(from, to, term, first, lastTerm(term), third, fourth, truth(fifth));
      case VOTE_RESPONSE -> new Message.VoteResponse(from, to, term, truth(first), second, third);
      case PRE_VOTE_REQUEST -> new Message.PreVoteRequest(from, to, term, first, lastTerm(term), third, fourth);
      case PRE_VOTE_RESPONSE -> new Message.PreVoteResponse(from, to, term, truth(first), second, third);
      case INSTALL_SNAPSHOT -> snapshot(from, to, term);
      case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
      case FORWARDED_PROPOSAL -> {
        if (proposals == null) {
          throw new DecodeException("a forwarded proposal holds nothing");
        }
        yield new Message.ForwardedProposal(from, to, List.copyOf(proposals));
      }
      case FORWARDED_CONF_CHANGE -> {
        if (change == null) {
          throw new DecodeException("a forwarded change holds none");
        }
        yield new Message.ForwardedConfChange(from, to, change);
      }
      case READ_INDEX_REQUEST -> new Message.ReadIndexRequest(from, to, first);
      case READ_INDEX_RESPONSE ->
          new Message.ReadIndexResponse(from, to, term, first, FieldReader.checked("a read index", second));
      case FORWARDED_TRANSFER ->
          new Message.ForwardedTransfer(from, to, FieldReader.positive("a transferee", first));
      case SNAPSHOT_REQUEST ->
          new Message.SnapshotRequest(
              from, to, FieldReader.positive("a snapshot's index", first), snapshotTerm(), cursor);
      case SNAPSHOT_PART ->
          new Message.SnapshotPart(
              from,
              to,
              FieldReader.positive("a snapshot's index", first),
              snapshotTerm(),
              cursor,
              nextCursor,
              snapshotData,
              crc());
    };
  }

  private long snapshotTerm() throws DecodeException {
    return FieldReader.positive("the term of a snapshot's index", second);
  }

  private int crc() throws DecodeException {
    if (third >>> Integer.SIZE != 0) {
      throw new DecodeException("a part of a snapshot has a check sum of more than 32 bits");
    }
    return (int) third;
  }

  /** Checks what a correct leader keeps (Raft paper, section 5.3), so that the core need not fear for its log. */
  private Message append(long from, long to, long term) throws DecodeException {
    long index = first;
    long newestTerm = second;
    if (newestTerm > term) {
      throw new DecodeException("an append of term " + term + " follows an entry of term " + newestTerm);
    }
    if ((index == 0) != (newestTerm == 0)) {
      throw new DecodeException("an append follows index " + index + " of term " + newestTerm);
    }
    List<Entry> list = entries == null ? List.of() : List.copyOf(entries);
    for (Entry entry : list) {
      index++;
      if (entry.index() != index) {
        throw new DecodeException("an append holds entry " + entry.index() + " where " + index + " belongs");
      }
      if (entry.term() < newestTerm || entry.term() > term) {
        throw new DecodeException(
            "an append of term " + term + " holds entry " + index + " of term " + entry.term() + " after " + newestTerm);
      }
      newestTerm = entry.term();
    }
    return new Message.AppendRequest(from, to, term, first, second, third, list);
  }

  private Message snapshot(long from, long to, long term) throws DecodeException {
    if (metadata == null) {
      throw new DecodeException("a snapshot's metadata is missing");
    }
    FieldReader.positive("a snapshot's index", metadata.index());
    FieldReader.positive("a snapshot's term", metadata.term());
    if (metadata.term() > term) {
      throw new DecodeException("a snapshot of term " + metadata.term() + " is sent in term " + term);
    }
    if (metadata.confState().equals(ConfState.EMPTY)) {
      throw new DecodeException("a snapshot's conf_state names nobody");
    }
    return new Message.InstallSnapshot(from, to, term, new Snapshot(metadata, snapshotData));
  }

  private long lastTerm(long term) throws DecodeException {
    if (second > term || (first == 0) != (second == 0)) {
      throw new DecodeException("a candidate of term " + term + " ends at index " + first + " of term " + second);
    }
    return second;
  }

  private static boolean truth(long number) throws DecodeException {
    if (number > 1) {
      throw new DecodeException("a flag is neither true nor false: " + number);
    }
    return number == 1;
  }
}
