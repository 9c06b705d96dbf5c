package io.raftoral.simulation.disk;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One change of a group's stored log, read from the bytes that the production log store writes. The layout is that of
 * {@code docs/storage.md}, read here by code of its own: what the checks take for durable is what is on the disk, not
 * what the store was asked to put there.
 */
sealed interface StoredChange {
  /** Whose log. */
  long group();

  /** An entry was written. */
  record Put(long group, Entry entry) implements StoredChange {}

  /** The entries {@code [from, to)} were deleted. */
  record Cut(long group, long from, long to) implements StoredChange {}

  /** The hard state was written. */
  record Hard(long group, HardState state) implements StoredChange {}

  /** The log begins after this entry. */
  record Start(long group, long index, long term) implements StoredChange {}

  /** A snapshot replaced the log. */
  record Replaced(long group, SnapshotMetadata snapshot) implements StoredChange {}

  /**
   * The changes of a batch.
   *
   * @throws IllegalStateException if a record is not laid out as documented, or its checksum is wrong
   */
  static List<StoredChange> of(RawBatch batch) {
    Reader reader = new Reader();
    batch.forEach(reader);
    return reader.changes;
  }

  /** Reads records. */
  final class Reader implements RawBatch.Changes {
    private static final int ENTRY_KEY_BYTES = 16;
    private static final byte HARD_STATE = 1;
    private static final byte START = 2;
    private static final byte SNAPSHOT = 3;
    private static final ConfChange.Transition[] TRANSITIONS = {
      ConfChange.Transition.AUTO, ConfChange.Transition.JOINT_IMPLICIT, ConfChange.Transition.JOINT_EXPLICIT
    };
    private static final ConfChange.Kind[] KINDS = {
      ConfChange.Kind.ADD_VOTER, ConfChange.Kind.ADD_LEARNER, ConfChange.Kind.REMOVE
    };

    private final List<StoredChange> changes = new ArrayList<>();

    private Reader() {}

    @Override
    public void put(Family family, byte[] key, byte[] value) {
      ByteBuffer in = open(key, value);
      ByteBuffer at = ByteBuffer.wrap(key);
      long group = at.getLong();
      if (family == Family.LOG) {
        changes.add(new Put(group, entry(at.getLong(), in)));
        return;
      }
      switch (at.get()) {
        case HARD_STATE -> changes.add(new Hard(group, new HardState(in.getLong(), in.getLong(), in.getLong())));
        case START -> changes.add(new Start(group, in.getLong(), in.getLong()));
        case SNAPSHOT -> changes.add(new Replaced(group, snapshot(in)));
        default -> {}
      }
    }

    @Override
    public void delete(Family family, byte[] key) {
      long index = entryIndex(family, key);
      changes.add(new Cut(ByteBuffer.wrap(key).getLong(), index, index + 1));
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
      changes.add(new Cut(ByteBuffer.wrap(from).getLong(), entryIndex(family, from), entryIndex(family, to)));
    }

    private static long entryIndex(Family family, byte[] key) {
      if (family != Family.LOG || key.length != ENTRY_KEY_BYTES) {
        throw new IllegalStateException("a record of family " + family + " was deleted; only entries may be");
      }
      return ByteBuffer.wrap(key).getLong(Long.BYTES);
    }

    private static ByteBuffer open(byte[] key, byte[] value) {
      int length = value.length - Integer.BYTES;
      CRC32C crc = new CRC32C();
      crc.update(key);
      crc.update(value, 0, length);
      if ((int) crc.getValue() != ByteBuffer.wrap(value).getInt(length)) {
        throw new IllegalStateException("a record was written with a wrong checksum");
      }
      return ByteBuffer.wrap(value, 0, length).position(1);
    }

    private static Entry entry(long index, ByteBuffer in) {
      boolean membership = in.get() == 2;
      long term = in.getLong();
      if (membership) {
        return new Entry.Membership(term, index, change(in));
      }
      byte[] data = new byte[in.remaining()];
      in.get(data);
      return new Entry.Normal(term, index, data);
    }

    private static ConfChange change(ByteBuffer in) {
      ConfChange.Transition transition = TRANSITIONS[in.get() - 1];
      List<ConfChange.Change> changes = new ArrayList<>();
      while (in.hasRemaining()) {
        changes.add(new ConfChange.Change(KINDS[in.get() - 1], in.getLong()));
      }
      return new ConfChange(transition, changes);
    }

    private static SnapshotMetadata snapshot(ByteBuffer in) {
      long index = in.getLong();
      long term = in.getLong();
      boolean autoLeave = in.get() != 0;
      return new SnapshotMetadata(index, term, new ConfState(ids(in), ids(in), ids(in), ids(in), autoLeave));
    }

    private static List<Long> ids(ByteBuffer in) {
      List<Long> ids = new ArrayList<>();
      for (int left = in.getInt(); left > 0; left--) {
        ids.add(in.getLong());
      }
      return ids;
    }
  }
}
