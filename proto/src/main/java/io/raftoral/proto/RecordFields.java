package io.raftoral.proto;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.io.IOException;
import java.util.List;

/** Which field of a record goes to which field of {@code raft.proto}: the writing half of the codec. */
final class RecordFields {
  private RecordFields() {}

  static void message(Message message, FieldSink out) throws IOException {
    out.number(1, message.from());
    out.number(2, message.to());
    out.number(3, message.term());
    out.nested(MessageKind.of(message).field(), message, RecordFields::body);
  }

  /** A snapshot message up to its data, which follows byte for byte: no field comes after it on any level. */
  static void snapshotPrefix(Message.InstallSnapshot message, FieldSink out) throws IOException {
    out.number(1, message.from());
    out.number(2, message.to());
    out.number(3, message.term());
    out.bytesHeader(MessageKind.INSTALL_SNAPSHOT.field(), SizeSink.of(message, RecordFields::body));
    out.nested(1, message.snapshot().metadata(), RecordFields::snapshotMetadata);
    out.bytesHeader(2, message.snapshot().data().length);
  }

  private static void body(Message message, FieldSink out) throws IOException {
    switch (message) {
      case Message.AppendRequest m -> {
        out.number(1, m.prevIndex());
        out.number(2, m.prevTerm());
        out.number(3, m.commit());
        List<Entry> entries = m.entries();
        for (int i = 0; i < entries.size(); i++) {
          out.nested(4, entries.get(i), RecordFields::entry);
        }
      }
      case Message.AppendAccepted m -> out.number(1, m.matchIndex());
      case Message.AppendRejected m -> {
        out.number(1, m.rejectedIndex());
        out.number(2, m.hintIndex());
        out.number(3, m.hintTerm());
      }
      case Message.Heartbeat m -> {
        out.number(1, m.commit());
        out.number(2, m.round());
      }
      case Message.HeartbeatResponse m -> out.number(1, m.round());
      case Message.VoteRequest m -> {
        out.number(1, m.lastIndex());
        out.number(2, m.lastTerm());
        out.number(3, m.commit());
        out.number(4, m.commitTerm());
        out.flag(5, m.transfer());
      }
      case Message.VoteResponse m -> {
        out.flag(1, m.granted());
        out.number(2, m.commit());
        out.number(3, m.commitTerm());
      }
      case Message.PreVoteRequest m -> {
        out.number(1, m.lastIndex());
        out.number(2, m.lastTerm());
        out.number(3, m.commit());
        out.number(4, m.commitTerm());
      }
      case Message.PreVoteResponse m -> {
        out.flag(1, m.granted());
        out.number(2, m.commit());
        out.number(3, m.commitTerm());
      }
      case Message.InstallSnapshot m -> {
        out.nested(1, m.snapshot().metadata(), RecordFields::snapshotMetadata);
        out.bytes(2, m.snapshot().data());
      }
      case Message.TimeoutNow _ -> {}
      case Message.ForwardedProposal m -> {
        for (byte[] data : m.data()) {
          out.bytes(1, data);
        }
      }
      case Message.ForwardedConfChange m -> out.nested(1, m.change(), RecordFields::confChange);
      case Message.ReadIndexRequest m -> out.number(1, m.context());
      case Message.ReadIndexResponse m -> {
        out.number(1, m.context());
        out.number(2, m.index());
      }
      case Message.ForwardedTransfer m -> out.number(1, m.transferee());
      case Message.SnapshotRequest m -> {
        out.number(1, m.index());
        out.number(2, m.indexTerm());
        out.bytes(4, m.cursor());
      }
      case Message.SnapshotPart m -> {
        out.number(1, m.index());
        out.number(2, m.indexTerm());
        out.number(3, Integer.toUnsignedLong(m.crc()));
        out.bytes(4, m.cursor());
        out.bytes(5, m.next());
        out.bytes(6, m.data());
      }
    }
  }

  static void entry(Entry entry, FieldSink out) throws IOException {
    out.number(1, entry.term());
    out.number(2, entry.index());
    switch (entry) {
      case Entry.Normal normal -> out.bytes(3, normal.data());
      case Entry.Membership membership -> out.nested(4, membership.change(), RecordFields::confChange);
    }
  }

  static void hardState(HardState state, FieldSink out) throws IOException {
    out.number(1, state.term());
    out.number(2, state.vote());
    out.number(3, state.commit());
  }

  static void snapshotMetadata(SnapshotMetadata metadata, FieldSink out) throws IOException {
    out.number(1, metadata.index());
    out.number(2, metadata.term());
    out.nested(3, metadata.confState(), RecordFields::confState);
  }

  static void confState(ConfState state, FieldSink out) throws IOException {
    ids(1, state.voters(), out);
    ids(2, state.learners(), out);
    ids(3, state.votersOutgoing(), out);
    ids(4, state.learnersNext(), out);
    out.flag(5, state.autoLeave());
  }

  /** Unpacked: the lists are short, and a reader of the schema accepts both forms. */
  private static void ids(int field, List<Long> ids, FieldSink out) throws IOException {
    for (long id : ids) {
      out.number(field, id);
    }
  }

  static void confChange(ConfChange change, FieldSink out) throws IOException {
    out.number(
        1,
        switch (change.transition()) {
          case AUTO -> 1;
          case JOINT_IMPLICIT -> 2;
          case JOINT_EXPLICIT -> 3;
        });
    for (ConfChange.Change one : change.changes()) {
      out.nested(2, one, RecordFields::oneChange);
    }
  }

  private static void oneChange(ConfChange.Change change, FieldSink out) throws IOException {
    out.number(
        1,
        switch (change.kind()) {
          case ADD_VOTER -> 1;
          case ADD_LEARNER -> 2;
          case REMOVE -> 3;
        });
    out.number(2, change.nodeId());
  }
}
