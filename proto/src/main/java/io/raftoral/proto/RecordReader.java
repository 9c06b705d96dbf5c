package io.raftoral.proto;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and checks everything of {@code raft.proto} but the messages themselves. */
final class RecordReader {
  private static final byte[] NO_DATA = new byte[0];

  private RecordReader() {}

  static Entry entry(FieldReader in) throws IOException, DecodeException {
    long term = 0;
    long index = 0;
    byte @Nullable [] data = null;
    ConfChange change = null;
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> term = in.number("an entry's term");
        case 2 -> index = in.number("an entry's index");
        case 3 -> data = in.bytes("an entry's data");
        case 4 -> change = in.nested("an entry's conf_change", RecordReader::confChange);
        default -> in.skip();
      }
    }
    FieldReader.positive("an entry's term", term);
    FieldReader.positive("an entry's index", index);
    if (data != null && change != null) {
      throw new DecodeException("entry " + index + " has two payloads");
    }
    if (change != null) {
      return new Entry.Membership(term, index, change);
    }
    if (data == null) {
      throw new DecodeException("entry " + index + " has no payload");
    }
    return new Entry.Normal(term, index, data.length == 0 ? NO_DATA : data);
  }

  static HardState hardState(FieldReader in) throws IOException, DecodeException {
    long term = 0;
    long vote = 0;
    long commit = 0;
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> term = in.number("the hard state's term");
        case 2 -> vote = in.number("the hard state's vote");
        case 3 -> commit = in.number("the hard state's commit");
        default -> in.skip();
      }
    }
    return new HardState(term, vote, commit);
  }

  static SnapshotMetadata snapshotMetadata(FieldReader in) throws IOException, DecodeException {
    long index = 0;
    long term = 0;
    ConfState confState = null;
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> index = in.number("the snapshot's index");
        case 2 -> term = in.number("the snapshot's term");
        case 3 -> confState = in.nested("the snapshot's conf_state", RecordReader::confState);
        default -> in.skip();
      }
    }
    if (confState == null) {
      throw new DecodeException("the snapshot's conf_state is missing");
    }
    return new SnapshotMetadata(index, term, confState);
  }

  static ConfState confState(FieldReader in) throws IOException, DecodeException {
    List<Long> voters = new ArrayList<>();
    List<Long> learners = new ArrayList<>();
    List<Long> votersOutgoing = new ArrayList<>();
    List<Long> learnersNext = new ArrayList<>();
    boolean autoLeave = false;
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> readIds("voters", voters, in);
        case 2 -> readIds("learners", learners, in);
        case 3 -> readIds("voters_outgoing", votersOutgoing, in);
        case 4 -> readIds("learners_next", learnersNext, in);
        case 5 -> autoLeave = in.flag("auto_leave");
        default -> in.skip();
      }
    }
    return new ConfState(voters, learners, votersOutgoing, learnersNext, autoLeave);
  }

  /** One id, or a packed run of them: both are valid protobuf for a repeated number. */
  private static void readIds(String name, List<Long> ids, FieldReader in) throws IOException, DecodeException {
    if (in.isPacked()) {
      in.packed(name, id -> addId(name, ids, id));
    } else {
      addId(name, ids, in.number(name));
    }
  }

  private static void addId(String name, List<Long> ids, long id) throws DecodeException {
    FieldReader.positive("an id in " + name, id);
    if (!ids.isEmpty() && ids.getLast() >= id) {
      throw new DecodeException(name + " are not ascending: " + ids.getLast() + " before " + id);
    }
    if (ids.size() == RaftCodec.MAX_MEMBERS) {
      throw new DecodeException(name + " hold more than " + RaftCodec.MAX_MEMBERS + " nodes");
    }
    ids.add(id);
  }

  static ConfChange confChange(FieldReader in) throws IOException, DecodeException {
    ConfChange.Transition transition = null;
    List<ConfChange.Change> changes = new ArrayList<>();
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> transition = transition(in.number("a change's transition"));
        case 2 -> {
          if (changes.size() == RaftCodec.MAX_MEMBERS) {
            throw new DecodeException("a change of more than " + RaftCodec.MAX_MEMBERS + " nodes");
          }
          changes.add(in.nested("a change's change", RecordReader::oneChange));
        }
        default -> in.skip();
      }
    }
    if (transition == null) {
      throw new DecodeException("a change's transition is missing");
    }
    return new ConfChange(transition, changes);
  }

  private static ConfChange.Transition transition(long number) throws DecodeException {
    return switch ((int) Math.min(number, Integer.MAX_VALUE)) {
      case 1 -> ConfChange.Transition.AUTO;
      case 2 -> ConfChange.Transition.JOINT_IMPLICIT;
      case 3 -> ConfChange.Transition.JOINT_EXPLICIT;
      default -> throw new DecodeException("a change's transition is unknown: " + number);
    };
  }

  private static ConfChange.Change oneChange(FieldReader in) throws IOException, DecodeException {
    ConfChange.Kind kind = null;
    long nodeId = 0;
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 1 -> kind = kind(in.number("a change's kind"));
        case 2 -> nodeId = in.number("a change's node_id");
        default -> in.skip();
      }
    }
    if (kind == null) {
      throw new DecodeException("a change's kind is missing");
    }
    return new ConfChange.Change(kind, FieldReader.positive("a change's node_id", nodeId));
  }

  private static ConfChange.Kind kind(long number) throws DecodeException {
    return switch ((int) Math.min(number, Integer.MAX_VALUE)) {
      case 1 -> ConfChange.Kind.ADD_VOTER;
      case 2 -> ConfChange.Kind.ADD_LEARNER;
      case 3 -> ConfChange.Kind.REMOVE;
      default -> throw new DecodeException("a change's kind is unknown: " + number);
    };
  }
}
