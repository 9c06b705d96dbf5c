package io.raftoral.benchmarks.core;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.Ready;
import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;

/** A group of three cores in one thread, with logs in memory, that hand each other their messages. */
final class ThreeCores {
  /** The log is compacted when it has grown by so many entries, as it would be in a service. */
  private static final long COMPACT_EVERY = 20_000;

  private final RawNode[] nodes = new RawNode[3];
  private final MemoryLogStorage[] logs = new MemoryLogStorage[3];
  private final long[] applied = new long[3];
  private final ArrayDeque<Message> wire = new ArrayDeque<>();
  private final ConfState members = ConfState.ofVoters(List.of(1L, 2L, 3L));

  /** Elects node 1. */
  ThreeCores() {
    for (int i = 0; i < 3; i++) {
      logs[i] = new MemoryLogStorage(members);
      nodes[i] = new RawNode(RaftConfig.defaults(i + 1), logs[i], new Random(i));
    }
    nodes[0].campaign();
    settle();
  }

  /** Proposes on the leader and goes on until everybody has applied it; returns the leader's applied index. */
  long commit(List<byte[]> data) {
    nodes[0].propose(data);
    settle();
    return applied[0];
  }

  private void settle() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int i = 0; i < 3; i++) {
        while (nodes[i].hasReady()) {
          handle(i, nodes[i].ready());
          moved = true;
        }
      }
      for (Message message = wire.pollFirst(); message != null; message = wire.pollFirst()) {
        nodes[(int) message.to() - 1].step(message);
        moved = true;
      }
    }
  }

  private void handle(int i, Ready ready) {
    wire.addAll(ready.messages());
    logs[i].write(ready.hardState(), ready.snapshot(), ready.entries());
    wire.addAll(ready.messagesAfterPersist());
    List<Entry> committed = ready.committedEntries();
    if (!committed.isEmpty()) {
      applied[i] = committed.getLast().index();
    }
    nodes[i].advance(ready);
    if (applied[i] - logs[i].firstIndex() > 2 * COMPACT_EVERY) {
      logs[i].compact(applied[i] - COMPACT_EVERY);
    }
  }
}
