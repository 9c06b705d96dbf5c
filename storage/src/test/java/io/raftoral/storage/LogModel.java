package io.raftoral.storage;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a group's log holds after the first n of an endless row of operations. The row follows from a seed, so that
 * whoever knows the seed, in whatever process, knows what ought to be there.
 */
public final class LogModel {
  private static final int MAX_ENTRIES_PER_WRITE = 20;
  private static final int MAX_DATA_BYTES = 600;

  private final long group;
  private final long seed;
  private final List<Entry> entries = new ArrayList<>();
  private long operations;
  private long startIndex;
  private long startTerm;
  private long term = 1;
  private long vote;
  private long commit;

  /** One operation. */
  public sealed interface Operation {
    /** A write to make. */
    record Write(LogWrite write) implements Operation {}

    /** A compaction, of what was acknowledged. */
    record Compact(long index) implements Operation {}
  }

  /** Before the first operation. */
  public LogModel(long group, long seed) {
    this.group = group;
    this.seed = seed;
  }

  /** How many operations the model has seen. */
  public long operations() {
    return operations;
  }

  /** The next operation; the model holds its outcome. */
  public Operation next() {
    operations++;
    Random random = new Random(seed * 1_000_003 + operations);
    int dice = random.nextInt(100);
    if (dice < 8 && commit > startIndex) {
      return compact(startIndex + 1 + random.nextLong(commit - startIndex));
    } else if (dice < 10) {
      return snapshot(last() + 1L + random.nextInt(50), random);
    } else if (dice < 20) {
      term++;
      vote = random.nextLong(1, 4);
      long from = commit + 1 + random.nextLong(last() - commit + 1);
      truncate(from);
      return append(random);
    } else if (dice < 30) {
      commit += random.nextLong(last() - commit + 1);
      return new Operation.Write(new LogWrite(group, hardState(), null, List.of(), random.nextBoolean()));
    }
    return append(random);
  }

  private Operation append(Random random) {
    List<Entry> added = new ArrayList<>();
    for (int i = random.nextInt(MAX_ENTRIES_PER_WRITE); i >= 0; i--) {
      byte[] data = new byte[random.nextInt(MAX_DATA_BYTES)];
      random.nextBytes(data);
      Entry entry = new Entry.Normal(term, last() + 1, data);
      added.add(entry);
      entries.add(entry);
    }
    return new Operation.Write(new LogWrite(group, hardState(), null, added, true));
  }

  private Operation compact(long index) {
    startTerm = entries.get((int) (index - startIndex - 1)).term();
    entries.subList(0, (int) (index - startIndex)).clear();
    startIndex = index;
    return new Operation.Compact(index);
  }

  private Operation snapshot(long index, Random random) {
    entries.clear();
    startIndex = index;
    startTerm = term;
    commit = index;
    Operation.Write tail = (Operation.Write) append(random);
    SnapshotMetadata metadata = new SnapshotMetadata(index, term, ConfState.ofVoters(List.of(1L, 2L, 3L)));
    return new Operation.Write(
        new LogWrite(group, tail.write().hardState(), metadata, tail.write().entries(), true));
  }

  private void truncate(long from) {
    entries.subList((int) (from - startIndex - 1), entries.size()).clear();
  }

  private HardState hardState() {
    return new HardState(term, vote, commit);
  }

  private long last() {
    return startIndex + entries.size();
  }

  /** Whether {@code log} holds what this model holds; a compaction may still be due. */
  public boolean matches(GroupLog log) {
    return (operations == 0 ? HardState.EMPTY : hardState()).equals(log.hardState())
        && log.lastIndex() == last()
        && log.firstIndex() <= startIndex + 1
        && log.term(startIndex) == startTerm
        && log.entries(startIndex + 1, last() + 1, Long.MAX_VALUE).equals(entries);
  }

  @Override
  public String toString() {
    return "after " + operations + " operations: entries " + (startIndex + 1) + " to " + last() + ", " + hardState();
  }
}
