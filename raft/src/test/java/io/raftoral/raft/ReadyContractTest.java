package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What {@link Ready} promises: nothing counts before it is durable, nothing is handed out twice, limits are kept. */
class ReadyContractTest {

  private static RaftConfig config(long id) {
    return RaftConfig.defaults(id).withPreVote(false).withCheckQuorum(false);
  }

  private static RawNode node(MemoryLogStorage storage, RaftConfig config) {
    return new RawNode(config, storage, new Random(1));
  }

  private static MemoryLogStorage storage(long... voters) {
    return new MemoryLogStorage(ConfState.ofVoters(LongStream.of(voters).boxed().toList()));
  }

  private static Message.AppendRequest append(long term, long prevIndex, long prevTerm, long commit, Entry... entries) {
    return new Message.AppendRequest(2, 1, term, prevIndex, prevTerm, commit, List.of(entries));
  }

  private static Entry entry(long index, long term) {
    return new Entry.Normal(term, index, new byte[] {(byte) index});
  }

  @Test
  void aCandidatesOwnVoteCountsOnlyOnceItIsDurable() {
    RawNode node = node(storage(1), config(1));
    node.campaign();
    Ready ready = node.ready();
    assertThat(ready.hardState()).isEqualTo(new HardState(1, 1, 0));
    assertThat(ready.mustSync()).isTrue();
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
    node.persisted(ready.number());
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
  }

  @Test
  void scenario6aLeadersBlankEntryCountsOnlyOnceItIsDurable() {
    MemoryLogStorage storage = storage(1, 2, 3);
    RawNode node = node(storage, config(1));
    node.campaign();
    node.persisted(node.ready().number());
    node.step(new Message.VoteResponse(2, 1, 1, true, 0, 0));
    Ready ready = node.ready();
    assertThat(ready.entries()).containsExactly(Entry.Normal.blank(1, 1));
    node.step(new Message.AppendAccepted(2, 1, 1, 1));
    assertThat(node.status().commit()).as("one follower and a write under way are no quorum").isZero();
    storage.write(ready.hardState(), ready.snapshot(), ready.entries());
    node.persisted(ready.number());
    assertThat(node.status().commit()).isEqualTo(1);
  }

  @Test
  void aLeaderCommitsWithoutItsOwnDiskButAppliesNothingThatIsNotDurableHere() {
    MemoryLogStorage storage = storage(1, 2, 3);
    RawNode node = node(storage, config(1));
    node.campaign();
    node.persisted(node.ready().number());
    node.step(new Message.VoteResponse(2, 1, 1, true, 0, 0));
    Ready write = node.ready();
    node.step(new Message.AppendAccepted(2, 1, 1, 1));
    node.step(new Message.AppendAccepted(3, 1, 1, 1));
    assertThat(node.status().commit()).isEqualTo(1);
    assertThat(node.ready().committedEntries()).isEmpty();
    storage.write(write.hardState(), write.snapshot(), write.entries());
    node.persisted(write.number());
    assertThat(node.ready().committedEntries()).containsExactly(Entry.Normal.blank(1, 1));
  }

  @Test
  void votesAndAcknowledgementsLeaveAfterTheWriteAndRequestsAtOnce() {
    MemoryLogStorage storage = storage(1, 2, 3);
    storage.hardState(new HardState(1, 0, 0));
    RawNode node = node(storage, config(1));
    node.step(new Message.VoteRequest(2, 1, 1, 0, 0, 0, 0, false));
    node.step(append(1, 0, 0, 0, entry(1, 1)));
    node.step(new Message.Heartbeat(2, 1, 1, 0, 5));
    Ready ready = node.ready();
    assertThat(ready.messagesAfterPersist())
        .containsExactly(new Message.VoteResponse(1, 2, 1, true, 0, 0), new Message.AppendAccepted(1, 2, 1, 1));
    assertThat(ready.messages()).containsExactly(new Message.HeartbeatResponse(1, 2, 1, 5));
  }

  @Test
  void scenario46anOldWriteDoesNotVouchForEntriesThatWereOverwrittenAndCameBack() {
    MemoryLogStorage storage = storage(1, 2, 3);
    RawNode node = node(storage, config(1));
    node.step(append(1, 0, 0, 0, entry(1, 1)));
    Ready first = node.ready();
    node.step(append(2, 0, 0, 0, entry(1, 2)));
    Ready second = node.ready();
    node.step(append(3, 0, 0, 1, entry(1, 1), entry(2, 3)));
    Ready third = node.ready();
    assertThat(third.entries()).containsExactly(entry(1, 1), entry(2, 3));
    storage.write(first.hardState(), null, first.entries());
    node.persisted(first.number());
    assertThat(node.ready().committedEntries()).as("write 2 is still to replace entry 1").isEmpty();
    storage.write(second.hardState(), null, second.entries());
    node.persisted(second.number());
    assertThat(node.ready().committedEntries()).isEmpty();
    storage.write(third.hardState(), null, third.entries());
    node.persisted(third.number());
    assertThat(node.ready().committedEntries()).containsExactly(entry(1, 1));
  }

  @Test
  void acknowledgingANumberAcknowledgesTheSmallerOnesAndOldNumbersAreIgnored() {
    MemoryLogStorage storage = storage(1);
    RawNode node = node(storage, config(1));
    node.campaign();
    node.persisted(node.ready().number());
    List<Ready> readys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      node.propose(List.of(new byte[] {1}));
      readys.add(node.ready());
    }
    readys.forEach(ready -> storage.write(ready.hardState(), null, ready.entries()));
    node.persisted(readys.getLast().number());
    assertThat(node.status().commit()).isEqualTo(4);
    node.persisted(readys.getFirst().number());
    assertThat(node.status().commit()).isEqualTo(4);
    assertThatThrownBy(() -> node.persisted(99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("99");
  }

  @Test
  void aCommitIndexAloneNeedsNoSyncAndNothingNewMeansNoReady() {
    MemoryLogStorage storage = storage(1, 2, 3);
    RawNode node = node(storage, config(1));
    assertThat(node.hasReady()).isFalse();
    node.step(append(1, 0, 0, 0, entry(1, 1)));
    Ready ready = node.ready();
    assertThat(ready.mustSync()).isTrue();
    storage.write(ready.hardState(), null, ready.entries());
    node.advance(ready);
    assertThat(node.hasReady()).isFalse();
    node.step(new Message.Heartbeat(2, 1, 1, 1, 1));
    Ready commit = node.ready();
    assertThat(commit.hardState()).isEqualTo(new HardState(1, 0, 1));
    assertThat(commit.mustSync()).isFalse();
    node.advance(commit);
    assertThat(node.hasReady()).isFalse();
  }

  @Test
  void scenario47committedEntriesAreHandedOutOnceInOrderAndWithinTheLimit() {
    MemoryLogStorage storage = storage(1, 2, 3);
    List<Entry> log = new ArrayList<>();
    for (long index = 1; index <= 10; index++) {
      log.add(entry(index, 1));
    }
    storage.append(log);
    storage.hardState(new HardState(1, 0, 10));
    RawNode node = node(storage, config(1).withAppliedIndex(3).withMaxCommittedSizePerReadyBytes(60));
    List<Entry> handedOut = new ArrayList<>();
    while (node.hasReady()) {
      Ready ready = node.ready();
      assertThat(ready.committedEntries()).hasSizeLessThanOrEqualTo(2);
      if (ready.committedEntries().isEmpty()) {
        break;
      }
      handedOut.addAll(ready.committedEntries());
      assertThat(node.ready().committedEntries()).as("nothing more before the last is acknowledged").isEmpty();
      node.applied(ready.committedEntries().getLast().index());
    }
    assertThat(handedOut).isEqualTo(log.subList(3, 10));
  }

  @Test
  void scenario43theUncommittedBudgetIsReleasedExactlyByWhatItCounted() {
    MemoryLogStorage storage = storage(1);
    storage.append(List.of(new Entry.Normal(1, 1, new byte[500])));
    storage.hardState(new HardState(1, 0, 0));
    RawNode node = node(storage, config(1).withMaxUncommittedSizeBytes(100));
    node.campaign();
    node.persisted(node.ready().number());
    assertThat(node.propose(List.of(new byte[70]))).isInstanceOf(ProposalResult.Appended.class);
    assertThat(node.status().uncommittedBytes()).isEqualTo(70);
    assertThat(node.propose(List.of(new byte[70])))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.OVERLOADED, 1));
    assertThat(node.propose(List.of(new byte[30]))).isInstanceOf(ProposalResult.Appended.class);
    assertThat(node.propose(List.of(new byte[0]))).as("an entry without payload is free").isInstanceOf(
        ProposalResult.Appended.class);
    Ready write = node.ready();
    storage.write(write.hardState(), null, write.entries());
    node.persisted(write.number());
    node.applied(1);
    assertThat(node.status().uncommittedBytes()).as("entry 1 is of an older term").isEqualTo(100);
    node.applied(3);
    assertThat(node.status().uncommittedBytes()).isEqualTo(30);
    node.applied(5);
    assertThat(node.status().uncommittedBytes()).isZero();
    assertThat(node.propose(List.of(new byte[700]))).as("alone, a larger one passes").isInstanceOf(
        ProposalResult.Appended.class);
  }

  @Test
  void aRefusalSaysWhyAndWhoLeads() {
    RawNode node = node(storage(1, 2, 3), config(1).withForwardProposals(false));
    ConfChange change = ConfChange.simple(ConfChange.Kind.ADD_VOTER, 4);
    assertThat(node.propose(List.of(new byte[0])))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NO_LEADER, 0));
    node.step(new Message.Heartbeat(2, 1, 1, 0, 1));
    assertThat(node.propose(List.of(new byte[0])))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NOT_LEADER, 2));
    assertThat(node.proposeConfChange(change))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NOT_LEADER, 2));
    node.campaign();
    assertThat(node.propose(List.of(new byte[0])))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NO_LEADER, 0));
    assertThat(node.proposeConfChange(change))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NO_LEADER, 0));
    assertThatThrownBy(() -> node.propose(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
