package io.raftoral.raft;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A core whose disk and state machine answer when the test says so. A crash loses every write that was not made
 * durable, and lets the state machine fall back to what it last checkpointed.
 */
final class AsyncNode {
  final long id;
  final MemoryLogStorage storage;
  final Deque<Ready> toWrite = new ArrayDeque<>();
  final Deque<List<Entry>> toApply = new ArrayDeque<>();
  final List<ReadState> reads = new ArrayList<>();
  private final RaftConfig config;
  private final Random random;
  private final BiConsumer<AsyncNode, Entry> onApply;
  private final NavigableMap<Long, ConfState> configurations = new TreeMap<>();
  RawNode raw;
  boolean down;
  long nextTick;
  int tickLength;
  long applied;
  long checkpoint;

  AsyncNode(RaftConfig config, ConfState confState, Random random, BiConsumer<AsyncNode, Entry> onApply) {
    this.id = config.node();
    this.config = config;
    this.storage = new MemoryLogStorage(confState);
    this.random = random;
    this.onApply = onApply;
    configurations.put(0L, confState);
    this.raw = new RawNode(config, storage, random);
  }

  /** Takes all Readys; returns what leaves at once. */
  List<Message> takeReadys() {
    List<Message> sent = new ArrayList<>();
    while (!down && raw.hasReady()) {
      Ready ready = raw.ready();
      sent.addAll(ready.messages());
      reads.addAll(ready.readStates());
      toWrite.addLast(ready);
      if (!ready.committedEntries().isEmpty()) {
        toApply.addLast(ready.committedEntries());
        for (Entry entry : ready.committedEntries()) {
          if (entry instanceof Entry.Membership membership) {
            configurations.put(entry.index(), raw.applyConfChange(membership.change()));
          }
        }
      }
    }
    return sent;
  }

  /** Makes up to {@code count} of the oldest writes durable, acknowledged by the last; returns what may leave then. */
  List<Message> write(int count) {
    List<Message> sent = new ArrayList<>();
    long number = 0;
    for (int i = 0; i < count && !toWrite.isEmpty(); i++) {
      Ready ready = toWrite.removeFirst();
      storage.write(ready.hardState(), ready.snapshot(), ready.entries());
      if (ready.snapshot() != null) {
        SnapshotMetadata metadata = ready.snapshot().metadata();
        applied = metadata.index();
        checkpoint = applied;
        configurations.put(applied, metadata.confState());
      }
      sent.addAll(ready.messagesAfterPersist());
      number = ready.number();
    }
    if (number > 0) {
      raw.persisted(number);
    }
    return sent;
  }

  /** Applies the oldest batch. */
  void apply() {
    List<Entry> batch = toApply.pollFirst();
    if (batch != null) {
      for (Entry entry : batch) {
        if (entry.index() <= applied) {
          continue; // A snapshot has overtaken it.
        }
        if (entry.index() != applied + 1) {
          throw new AssertionError("node " + id + " applies " + entry + " after index " + applied);
        }
        applied = entry.index();
        onApply.accept(this, entry);
      }
      raw.applied(applied);
    }
  }

  /** The state machine becomes durable as it is, and perhaps lets go of the log. */
  void checkpoint(boolean compact) {
    checkpoint = applied;
    if (compact && applied > storage.firstIndex()) {
      storage.createSnapshot(applied, configurationAt(applied), new byte[0]);
      storage.compact(applied - random.nextInt(3));
    }
  }

  private ConfState configurationAt(long index) {
    return configurations.floorEntry(index).getValue();
  }

  void crash() {
    down = true;
    toWrite.clear();
    toApply.clear();
    reads.clear();
  }

  void restart() {
    down = false;
    applied = checkpoint;
    configurations.tailMap(applied, false).clear();
    storage.confState(configurationAt(applied));
    raw = new RawNode(config.withAppliedIndex(applied), storage, random);
  }

  Status status() {
    return raw.status();
  }
}
