package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A core whose embedder works off one Ready after the other ({@link RaftConfig#asyncStorage()} is off). */
class SynchronousStorageTest {
  private final MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L, 2L, 3L)));

  private RawNode node(boolean async) {
    RaftConfig config = RaftConfig.defaults(1).withPreVote(false).withAsyncStorage(async);
    return new RawNode(config, storage, new Random(1));
  }

  private static Message append(long commit, Entry... entries) {
    return new Message.AppendRequest(2, 1, 1, 0, 0, commit, List.of(entries));
  }

  @Test
  void whatIsCommittedWhenItArrivesIsWrittenAndAppliedInOneRound() {
    Entry change = new Entry.Membership(1, 2, ConfChange.simple(ConfChange.Kind.ADD_LEARNER, 4));
    RawNode node = node(false);
    node.step(append(2, Entry.Normal.blank(1, 1), change, Entry.Normal.blank(1, 3)));
    Ready ready = node.ready();
    assertThat(ready.entries()).hasSize(3);
    assertThat(ready.committedEntries()).containsExactlyElementsOf(ready.entries().subList(0, 2));
    storage.write(ready.hardState(), ready.snapshot(), ready.entries());
    assertThat(node.applyConfChange(((Entry.Membership) change).change()).learners()).containsExactly(4L);
    node.advance(ready);
    assertThat(node.status().applied()).isEqualTo(2);
    assertThat(node.hasReady()).isFalse();
  }

  @Test
  void anAsynchronousEmbedderGetsThemAfterTheWrite() {
    RawNode node = node(true);
    node.step(append(1, Entry.Normal.blank(1, 1)));
    Ready ready = node.ready();
    assertThat(ready.committedEntries()).isEmpty();
    node.ready();
    storage.write(ready.hardState(), ready.snapshot(), ready.entries());
    node.persisted(ready.number());
    assertThat(node.ready().committedEntries()).isEqualTo(ready.entries());
  }

  @Test
  void aLeaderAloneStillCommitsNothingBeforeItsOwnWriteIsDone() {
    MemoryLogStorage alone = new MemoryLogStorage(ConfState.ofVoters(List.of(1L)));
    RawNode node = new RawNode(RaftConfig.defaults(1).withAsyncStorage(false), alone, new Random(1));
    node.campaign();
    while (node.status().role() != RoleName.LEADER) {
      Ready ready = node.ready();
      alone.write(ready.hardState(), ready.snapshot(), ready.entries());
      node.advance(ready);
    }
    node.propose(List.of(new byte[1]));
    Ready ready = node.ready();
    assertThat(ready.entries()).hasSize(2);
    assertThat(ready.committedEntries()).isEmpty();
    alone.write(ready.hardState(), ready.snapshot(), ready.entries());
    node.advance(ready);
    assertThat(node.ready().committedEntries()).isEqualTo(ready.entries());
  }

  @Test
  void theNextReadyIsRefusedUntilTheLastOneIsWorkedOff() {
    RawNode node = node(false);
    node.step(append(0, Entry.Normal.blank(1, 1)));
    Ready ready = node.ready();
    assertThatThrownBy(node::ready)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Ready 1 is not advanced yet");
    node.advance(ready);
    node.ready();
  }
}
