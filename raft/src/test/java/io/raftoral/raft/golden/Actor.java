package io.raftoral.raft.golden;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.Ready;
import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A node on the {@link Stage}: it writes and applies when it is told to. Its state machine survives a crash. */
final class Actor {
  final long id;
  final MemoryLogStorage storage;
  private final RaftConfig config;
  private final Deque<Ready> toWrite = new ArrayDeque<>();
  private final Deque<List<Entry>> toApply = new ArrayDeque<>();
  private final NavigableMap<Long, ConfState> configurations = new TreeMap<>();
  private @Nullable RawNode raw;
  private boolean down;
  private long applied;
  private long reads;

  Actor(long id, RaftConfig template, ConfState confState) {
    this.id = id;
    this.storage = new MemoryLogStorage(confState);
    this.config = template.withNode(id);
    configurations.put(0L, confState);
  }

  /** Starts the core when it is first needed, so that a file can fill its log before. */
  RawNode raw() {
    if (raw == null) {
      return start();
    }
    return raw;
  }

  RawNode start() {
    down = false;
    configurations.tailMap(applied, false).clear();
    storage.confState(configurations.lastEntry().getValue());
    RawNode started = new RawNode(config.withAppliedIndex(applied), storage, new Random(id));
    // Whoever should campaign is told to, or is the only one to tick.
    started.fixElectionTimeout(config.electionTicks());
    raw = started;
    return started;
  }

  boolean down() {
    return down;
  }

  void crash() {
    down = true;
    toWrite.clear();
    toApply.clear();
  }

  long nextRead() {
    return ++reads;
  }

  Ready take() {
    Ready ready = raw().ready();
    toWrite.addLast(ready);
    if (!ready.committedEntries().isEmpty()) {
      toApply.addLast(ready.committedEntries());
    }
    return ready;
  }

  boolean hasWrites() {
    return !toWrite.isEmpty();
  }

  /** The oldest write is done; returns what may leave now. */
  List<Message> persist() {
    Ready ready = toWrite.pollFirst();
    if (ready == null) {
      return List.of();
    }
    storage.write(ready.hardState(), ready.snapshot(), ready.entries());
    if (ready.snapshot() != null) {
      applied = ready.snapshot().metadata().index();
      configurations.put(applied, ready.snapshot().metadata().confState());
    }
    raw().persisted(ready.number());
    return ready.messagesAfterPersist();
  }

  void apply() {
    List<Entry> batch = toApply.pollFirst();
    if (batch == null) {
      return;
    }
    for (Entry entry : batch) {
      if (entry instanceof Entry.Membership membership) {
        configurations.put(entry.index(), raw().applyConfChange(membership.change()));
      }
      applied = entry.index();
    }
    raw().applied(applied);
  }

  void applyAll() {
    while (!down && !toApply.isEmpty()) {
      apply();
    }
  }

  /** Makes a snapshot of everything applied and compacts the log up to it. */
  void compact() {
    storage.createSnapshot(applied, configurations.lastEntry().getValue(), new byte[0]);
    storage.compact(applied);
  }

  String terms() {
    return LongStream.rangeClosed(storage.firstIndex(), storage.lastIndex())
        .mapToObj(index -> index + "@" + storage.term(index))
        .collect(Collectors.joining(" "));
  }
}
