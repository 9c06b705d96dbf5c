package io.raftoral.storage.log;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the records of the log. Each has a version, and ends with a CRC32C that covers its key too: a record
 * that turns up in another place is as wrong as one whose bits have changed. RocksDB has checksums of its own, a block at
 * a time; these also cover the way through this program's memory and RocksDB's. The layout is in {@code
 * docs/storage.md}.
 */
final class LogRecords {
  /** Version of every record, and of the store as a whole. */
  static final byte VERSION = 1;

  private static final int CHECKSUM_BYTES = Integer.BYTES;

  private static final byte NORMAL = 1;
  private static final byte MEMBERSHIP = 2;

  /** Version, kind, term. */
  private static final int ENTRY_HEADER_BYTES = 2 + Long.BYTES;

  private LogRecords() {}

  static void putEntry(RawBatch batch, long group, Entry entry) {
    byte[] payload =
        switch (entry) {
          case Entry.Normal normal -> normal.data();
          case Entry.Membership membership -> encode(membership.change());
        };
    batch.beginPut(Family.LOG, LogKeys.ENTRY_BYTES);
    batch.write(group);
    batch.write(entry.index());
    batch.beginValue(ENTRY_HEADER_BYTES + payload.length + CHECKSUM_BYTES);
    batch.write(VERSION);
    batch.write(
        switch (entry) {
          case Entry.Normal _ -> NORMAL;
          case Entry.Membership _ -> MEMBERSHIP;
        });
    batch.write(entry.term());
    batch.write(payload);
    batch.endValueWithChecksum();
  }

  static Entry entry(String where, byte[] key, byte[] value) {
    ByteBuffer in = open(where, Family.LOG, key, value);
    try {
      byte kind = in.get();
      long term = in.getLong();
      long index = LogKeys.index(key);
      if (kind == NORMAL) {
        byte[] data = new byte[in.remaining()];
        in.get(data);
        return new Entry.Normal(term, index, data);
      } else if (kind == MEMBERSHIP) {
        return new Entry.Membership(term, index, confChange(in));
      }
      throw damaged(where, Family.LOG, key, "it has the unknown kind " + kind);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw damaged(where, Family.LOG, key, "it ends too early");
    }
  }

  /** The term of an entry, without making the entry. Its checksum is verified. */
  static long term(String where, byte[] key, byte[] value) {
    ByteBuffer in = open(where, Family.LOG, key, value);
    if (in.remaining() < ENTRY_HEADER_BYTES - 1) {
      throw damaged(where, Family.LOG, key, "it ends too early");
    }
    in.get();
    return in.getLong();
  }

  static void putFormat(RawBatch batch) {
    putMeta(batch, LogKeys.STORE, LogKeys.FORMAT, new byte[0]);
  }

  static void checkFormat(String where, byte[] value) {
    open(where, Family.META, LogKeys.meta(LogKeys.STORE, LogKeys.FORMAT), value);
  }

  static void putHardState(RawBatch batch, long group, HardState state) {
    putMeta(
        batch,
        group,
        LogKeys.HARD_STATE,
        ByteBuffer.allocate(3 * Long.BYTES).putLong(state.term()).putLong(state.vote()).putLong(state.commit()).array());
  }

  static HardState hardState(String where, long group, byte @Nullable [] value) {
    if (value == null) {
      return HardState.EMPTY;
    }
    return readMeta(
        where, group, LogKeys.HARD_STATE, value, in -> new HardState(in.getLong(), in.getLong(), in.getLong()));
  }

  static void putStart(RawBatch batch, long group, LogStart start) {
    putMeta(
        batch, group, LogKeys.START, ByteBuffer.allocate(2 * Long.BYTES).putLong(start.index()).putLong(start.term()).array());
  }

  static LogStart start(String where, long group, byte @Nullable [] value) {
    if (value == null) {
      return LogStart.ZERO;
    }
    return readMeta(where, group, LogKeys.START, value, in -> new LogStart(in.getLong(), in.getLong()));
  }

  static void putSnapshot(RawBatch batch, long group, SnapshotMetadata snapshot) {
    ConfState members = snapshot.confState();
    List<List<Long>> lists =
        List.of(members.voters(), members.learners(), members.votersOutgoing(), members.learnersNext());
    int ids = lists.stream().mapToInt(List::size).sum();
    ByteBuffer out = ByteBuffer.allocate(2 * Long.BYTES + 1 + lists.size() * Integer.BYTES + ids * Long.BYTES);
    out.putLong(snapshot.index()).putLong(snapshot.term()).put((byte) (members.autoLeave() ? 1 : 0));
    for (List<Long> list : lists) {
      out.putInt(list.size());
      list.forEach(out::putLong);
    }
    putMeta(batch, group, LogKeys.SNAPSHOT, out.array());
  }

  static SnapshotMetadata snapshot(String where, long group, byte @Nullable [] value) {
    if (value == null) {
      return SnapshotMetadata.EMPTY;
    }
    return readMeta(
        where,
        group,
        LogKeys.SNAPSHOT,
        value,
        in -> {
          long index = in.getLong();
          long term = in.getLong();
          boolean autoLeave = in.get() != 0;
          return new SnapshotMetadata(
              index, term, new ConfState(ids(in), ids(in), ids(in), ids(in), autoLeave));
        });
  }

  private static List<Long> ids(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / Long.BYTES) {
      throw new BufferUnderflowException();
    }
    List<Long> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(in.getLong());
    }
    return ids;
  }

  private static byte[] encode(ConfChange change) {
    ByteBuffer out = ByteBuffer.allocate(1 + change.changes().size() * (1 + Long.BYTES));
    out.put(
        switch (change.transition()) {
          case AUTO -> (byte) 1;
          case JOINT_IMPLICIT -> (byte) 2;
          case JOINT_EXPLICIT -> (byte) 3;
        });
    for (ConfChange.Change one : change.changes()) {
      out.put(
          switch (one.kind()) {
            case ADD_VOTER -> (byte) 1;
            case ADD_LEARNER -> (byte) 2;
            case REMOVE -> (byte) 3;
          });
      out.putLong(one.nodeId());
    }
    return out.array();
  }

  private static ConfChange confChange(ByteBuffer in) {
    ConfChange.Transition transition =
        List.of(
                ConfChange.Transition.AUTO,
                ConfChange.Transition.JOINT_IMPLICIT,
                ConfChange.Transition.JOINT_EXPLICIT)
            .get(in.get() - 1);
    List<ConfChange.Kind> kinds =
        List.of(ConfChange.Kind.ADD_VOTER, ConfChange.Kind.ADD_LEARNER, ConfChange.Kind.REMOVE);
    List<ConfChange.Change> changes = new ArrayList<>();
    while (in.hasRemaining()) {
      changes.add(new ConfChange.Change(kinds.get(in.get() - 1), in.getLong()));
    }
    return new ConfChange(transition, changes);
  }

  private static void putMeta(RawBatch batch, long group, byte kind, byte[] payload) {
    batch.beginPut(Family.META, LogKeys.META_BYTES);
    batch.write(group);
    batch.write(kind);
    batch.beginValue(1 + payload.length + CHECKSUM_BYTES);
    batch.write(VERSION);
    batch.write(payload);
    batch.endValueWithChecksum();
  }

  private interface Parser<T> {
    T parse(ByteBuffer in);
  }

  private static <T> T readMeta(String where, long group, byte kind, byte[] value, Parser<T> parser) {
    byte[] key = LogKeys.meta(group, kind);
    ByteBuffer in = open(where, Family.META, key, value);
    try {
      T record = parser.parse(in);
      if (in.hasRemaining()) {
        throw damaged(where, Family.META, key, "it is too long");
      }
      return record;
    } catch (BufferUnderflowException e) {
      throw damaged(where, Family.META, key, "it ends too early");
    }
  }

  /** Checks the checksum, then the version: a record of a newer version has its checksum in the same place. */
  private static ByteBuffer open(String where, Family family, byte[] key, byte[] value) {
    int length = value.length - CHECKSUM_BYTES;
    if (length < 1) {
      throw damaged(where, family, key, "it has only " + value.length + " bytes");
    }
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value, 0, length);
    if ((int) crc.getValue() != ByteBuffer.wrap(value).getInt(length)) {
      throw damaged(where, family, key, "its checksum does not match");
    }
    if (value[0] != VERSION) {
      throw new StorageException(
          StorageException.Kind.NEWER_FORMAT,
          "log store " + where + " has format version " + value[0] + ", this software knows versions up to " + VERSION
              + "; start the newer version of the software that wrote it");
    }
    return ByteBuffer.wrap(value).limit(length).position(1);
  }

  private static StorageException damaged(String where, Family family, byte[] key, String what) {
    String record =
        key.length == LogKeys.ENTRY_BYTES
            ? "entry " + LogKeys.index(key) + " of group " + LogKeys.group(key)
            : "record " + HexFormat.of().formatHex(key);
    return Damage.of(where, record + " in family '" + family.storedName() + "': " + what);
  }
}
