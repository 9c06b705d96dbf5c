package io.raftoral.simulation.disk;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** What the core reads of a simulated disk: what was durable when the process began, and what it was told since. */
final class SimGroupLog implements GroupLog {
  private final LogImage image;

  SimGroupLog(LogImage media) {
    this.image = new LogImage(media);
  }

  @Override
  public void persisted(LogWrite write) {
    // Hashes of this copy are not used: only the images that checks look at need true ones.
    image.write(write, index -> index);
  }

  void compact(long index) {
    image.compact(index);
  }

  @Override
  public HardState hardState() {
    return image.hardState();
  }

  @Override
  public ConfState confState() {
    return image.start().confState();
  }

  @Override
  public long firstIndex() {
    return image.startIndex() + 1;
  }

  @Override
  public long lastIndex() {
    return image.lastIndex();
  }

  @Override
  public long term(long index) {
    if (index < image.startIndex()) {
      throw new CompactedException(index, firstIndex());
    }
    if (index > image.lastIndex()) {
      throw new IndexOutOfBoundsException("term of " + index + " beyond " + image.lastIndex());
    }
    return image.termAt(index);
  }

  @Override
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (from <= image.startIndex()) {
      throw new CompactedException(from, firstIndex());
    }
    if (to > image.lastIndex() + 1) {
      throw new IndexOutOfBoundsException("entries up to " + to + " beyond " + image.lastIndex());
    }
    List<Entry> found = new ArrayList<>();
    long bytes = 0;
    for (long index = from; index < to; index++) {
      Entry entry = image.entry(index);
      bytes += entry.sizeBytes();
      if (!found.isEmpty() && bytes > maxBytes) {
        break;
      }
      found.add(entry);
    }
    return found;
  }

  @Override
  public Snapshot snapshot() {
    throw new SnapshotUnavailableException("a log holds no state; the driver asks the state machine");
  }
}
