package io.raftoral.raft;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A core with a log in memory and a state machine that remembers what it applied. Writes and applies at once. */
final class TestNode {
  private final long id;
  private final UnaryOperator<RaftConfig> configure;
  final MemoryLogStorage storage;
  final List<String> applied = new ArrayList<>();
  final List<ReadState> reads = new ArrayList<>();
  private RawNode raw;
  private long appliedIndex;
  private boolean down;
  private int lives;

  TestNode(long id, MemoryLogStorage storage, UnaryOperator<RaftConfig> configure) {
    this.id = id;
    this.storage = storage;
    this.configure = configure;
    this.raw = start();
  }

  private RawNode start() {
    lives++;
    RaftConfig config = configure.apply(RaftConfig.defaults(id).withAppliedIndex(appliedIndex));
    return new RawNode(config, storage, new Random(1000L * lives + id));
  }

  long id() {
    return id;
  }

  RawNode raw() {
    return raw;
  }

  boolean isDown() {
    return down;
  }

  void crash() {
    down = true;
  }

  /** Starts again from what was written; the state machine is as it was. */
  void restart() {
    down = false;
    raw = start();
  }

  /** Handles all Readys, writing and applying at once; returns what is to be sent. */
  List<Message> handleReadys() {
    List<Message> sent = new ArrayList<>();
    while (!down && raw.hasReady()) {
      Ready ready = raw.ready();
      sent.addAll(ready.messages());
      storage.write(ready.hardState(), ready.snapshot(), ready.entries());
      sent.addAll(ready.messagesAfterPersist());
      if (ready.snapshot() != null) {
        applied.add("snapshot@" + ready.snapshot().metadata().index());
        appliedIndex = ready.snapshot().metadata().index();
      }
      reads.addAll(ready.readStates());
      apply(ready.committedEntries());
      raw.advance(ready);
    }
    return sent;
  }

  private void apply(List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.index() != appliedIndex + 1) {
        throw new AssertionError("node " + id + " applies " + entry + " after index " + appliedIndex);
      }
      appliedIndex = entry.index();
      switch (entry) {
        case Entry.Membership membership -> {
          ConfState now = raw.applyConfChange(membership.change());
          storage.confState(now);
          applied.add(now.toString());
        }
        case Entry.Normal normal -> {
          if (normal.data().length > 0) {
            applied.add(TestCluster.text(normal));
          }
        }
      }
    }
  }

  /** Compacts the whole applied log into a snapshot. */
  void compact() {
    byte[] state = ("state@" + appliedIndex).getBytes(StandardCharsets.UTF_8);
    storage.createSnapshot(appliedIndex, raw.status().confState(), state);
    storage.compact(appliedIndex);
  }

  Status status() {
    return raw.status();
  }

  /** The whole log, as term numbers. */
  List<Long> terms() {
    List<Long> terms = new ArrayList<>();
    for (long index = storage.firstIndex(); index <= storage.lastIndex(); index++) {
      terms.add(storage.term(index));
    }
    return terms;
  }
}
