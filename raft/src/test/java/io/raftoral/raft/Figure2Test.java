package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the Raft paper's figure 2, one by one, on a single node that is spoken to directly. */
class Figure2Test {

  /** Node 1 of three, whose log holds entries of these terms. */
  private static TestNode node(long term, long vote, long... terms) {
    MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L, 2L, 3L)));
    storage.append(entries(1, terms));
    storage.hardState(new HardState(term, vote, 0));
    return new TestNode(1, storage, config -> config.withPreVote(false).withCheckQuorum(false));
  }

  private static List<Entry> entries(long first, long... terms) {
    List<Entry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(new Entry.Normal(term, first + entries.size(), new byte[] {(byte) term}));
    }
    return entries;
  }

  private static List<Message> step(TestNode node, Message message) {
    node.raw().step(message);
    return node.handleReadys();
  }

  private static Message.AppendRequest append(long term, long prevIndex, long prevTerm, long commit, long... terms) {
    return new Message.AppendRequest(2, 1, term, prevIndex, prevTerm, commit, entries(prevIndex + 1, terms));
  }

  private static TestNode leader(long term, long... terms) {
    TestNode node = node(term - 1, 0, terms);
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, term, true, 0, 0));
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
    return node;
  }

  @Nested
  class AppendEntriesReceiver {
    @Test
    void rule1RepliesWithItsTermIfTheLeadersTermIsOlder() {
      TestNode node = new TestNode(1, node(5, 0, 1).storage, config -> config);
      assertThat(step(node, append(4, 1, 1, 0))).containsExactly(new Message.AppendAccepted(1, 2, 5, 0));
      assertThat(node.status().leader()).isZero();
    }

    @Test
    void rule2RefusesIfItLacksThePreviousEntry() {
      TestNode node = node(2, 0, 1, 1);
      assertThat(step(node, append(2, 3, 2, 0, 2))).containsExactly(new Message.AppendRejected(1, 2, 2, 3, 2, 1));
      assertThat(step(node, append(2, 2, 2, 0, 2))).containsExactly(new Message.AppendRejected(1, 2, 2, 2, 2, 1));
      assertThat(node.terms()).containsExactly(1L, 1L);
    }

    @Test
    void rule3DeletesAConflictingEntryAndAllThatFollow() {
      TestNode node = node(3, 0, 1, 2, 2, 2);
      assertThat(step(node, append(3, 1, 1, 0, 3))).containsExactly(new Message.AppendAccepted(1, 2, 3, 2));
      assertThat(node.terms()).containsExactly(1L, 3L);
    }

    @Test
    void rule3LeavesWhatFollowsAMatchingEntry() {
      TestNode node = node(2, 0, 1, 2, 2, 2);
      assertThat(step(node, append(2, 1, 1, 0, 2))).containsExactly(new Message.AppendAccepted(1, 2, 2, 2));
      assertThat(node.terms()).containsExactly(1L, 2L, 2L, 2L);
    }

    @Test
    void rule4AppendsWhatIsNew() {
      TestNode node = node(2, 0, 1);
      assertThat(step(node, append(2, 1, 1, 0, 2, 2))).containsExactly(new Message.AppendAccepted(1, 2, 2, 3));
      assertThat(node.terms()).containsExactly(1L, 2L, 2L);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "9, 3"})
    void rule5CommitsNoFurtherThanTheLastNewEntry(long leaderCommit, long expected) {
      TestNode node = node(2, 0, 1, 2, 2, 2);
      step(node, append(2, 1, 1, leaderCommit, 2, 2));
      assertThat(node.status().commit()).isEqualTo(expected);
    }

    @Test
    void anAppendBeforeTheCommitIndexIsAnsweredWithTheCommitIndex() {
      TestNode node = node(2, 0, 1, 2, 2);
      step(node, append(2, 3, 2, 3));
      assertThat(step(node, append(2, 1, 1, 0, 2))).containsExactly(new Message.AppendAccepted(1, 2, 2, 3));
    }
  }

  @Nested
  class RequestVoteReceiver {
    @Test
    void rule1RefusesNobodyButIgnoresAnOldTerm() {
      assertThat(step(node(5, 0, 1), new Message.VoteRequest(2, 1, 4, 9, 4, 0, 0, false))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "2, true", "3, false"})
    void rule2VotesForOneCandidateATerm(long votedFor, boolean granted) {
      TestNode node = node(5, votedFor, 1);
      List<Message> answers = step(node, new Message.VoteRequest(2, 1, 5, 1, 1, 0, 0, false));
      assertThat(answers).containsExactly(new Message.VoteResponse(1, 2, 5, granted, 0, 0));
      assertThat(node.storage.hardState().vote()).isEqualTo(granted ? 2 : 3);
    }

    @ParameterizedTest
    @CsvSource({"3, 1, false", "3, 2, true", "2, 2, false", "4, 2, true", "1, 3, true", "9, 1, false"})
    void rule2VotesOnlyForALogThatIsAtLeastAsUpToDate(long lastIndex, long lastTerm, boolean granted) {
      TestNode node = node(5, 0, 1, 1, 2);
      Message answer = step(node, new Message.VoteRequest(2, 1, 6, lastIndex, lastTerm, 0, 0, false)).getFirst();
      assertThat(((Message.VoteResponse) answer).granted()).isEqualTo(granted);
      assertThat(node.status().term()).isEqualTo(6);
    }

    @Test
    void aGrantedVoteRestartsTheElectionTimerAndARefusedOneDoesNot() {
      TestNode node = node(1, 0, 1);
      node.raw().fixElectionTimeout(10);
      tick(node, 9);
      step(node, new Message.VoteRequest(2, 1, 1, 1, 1, 0, 0, false));
      tick(node, 9);
      assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
      step(node, new Message.VoteRequest(3, 1, 1, 1, 1, 0, 0, false));
      tick(node, 1);
      assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
    }
  }

  private static void tick(TestNode node, int times) {
    for (int i = 0; i < times; i++) {
      node.raw().tick();
      node.handleReadys();
    }
  }

  @Nested
  class AllServers {
    @ParameterizedTest
    @CsvSource({"FOLLOWER", "CANDIDATE", "LEADER"})
    void followWhoeverHasANewerTerm(RoleName role) {
      TestNode node = role == RoleName.LEADER ? leader(3, 1) : node(3, 0, 1);
      if (role == RoleName.CANDIDATE) {
        node.raw().campaign();
      }
      assertThat(node.status().role()).isEqualTo(role);
      step(node, new Message.Heartbeat(2, 1, 9, 0, 1));
      assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
      assertThat(node.status().term()).isEqualTo(9);
      assertThat(node.status().leader()).isEqualTo(2);
      assertThat(node.storage.hardState()).isEqualTo(new HardState(9, 0, 0));
    }

    @Test
    void applyWhatIsCommittedInOrder() {
      TestNode node = node(2, 0, 1, 1, 2);
      step(node, append(2, 3, 2, 2));
      assertThat(node.applied).containsExactly("\u0001", "\u0001");
      step(node, append(2, 3, 2, 3));
      assertThat(node.applied).containsExactly("\u0001", "\u0001", "\u0002");
    }
  }

  @Nested
  class Followers {
    @Test
    void campaignWhenTheElectionTimeoutPassesInSilence() {
      TestNode node = node(1, 0, 1);
      node.raw().fixElectionTimeout(10);
      tick(node, 9);
      assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
      tick(node, 1);
      assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
    }

    @Test
    void stayQuietWhileTheyHearFromALeader() {
      TestNode node = node(1, 0, 1);
      node.raw().fixElectionTimeout(10);
      for (int i = 0; i < 10; i++) {
        tick(node, 9);
        step(node, new Message.Heartbeat(2, 1, 1, 0, i));
      }
      assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    }

    @Test
    void drawTheirPatienceBetweenOneAndTwoElectionTimeouts() {
      List<Integer> patience = new ArrayList<>();
      TestNode node = node(1, 0, 1);
      for (int i = 0; i < 200; i++) {
        long term = node.status().term();
        step(node, new Message.Heartbeat(2, 1, term + 1, 0, 1));
        int ticks = 0;
        while (node.status().role() == RoleName.FOLLOWER) {
          tick(node, 1);
          ticks++;
        }
        patience.add(ticks);
      }
      assertThat(patience).allSatisfy(ticks -> assertThat(ticks).isBetween(10, 19));
      assertThat(patience.stream().distinct().count()).isEqualTo(10);
    }
  }

  @Nested
  class Candidates {
    @Test
    void raiseTheTermVoteForThemselvesAndAskEverybody() {
      TestNode node = node(4, 2, 1, 3);
      node.raw().campaign();
      assertThat(node.handleReadys())
          .containsExactly(
              new Message.VoteRequest(1, 2, 5, 2, 3, 0, 0, false), new Message.VoteRequest(1, 3, 5, 2, 3, 0, 0, false));
      assertThat(node.storage.hardState()).isEqualTo(new HardState(5, 1, 0));
    }

    @Test
    void leadWithTheVotesOfAMajority() {
      TestNode node = node(0, 0);
      node.raw().campaign();
      node.handleReadys();
      assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
      step(node, new Message.VoteResponse(3, 1, 1, true, 0, 0));
      assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
    }

    @Test
    void followOnceAMajorityRefuses() {
      TestNode node = node(0, 0);
      node.raw().campaign();
      node.handleReadys();
      step(node, new Message.VoteResponse(3, 1, 1, false, 0, 0));
      assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
      step(node, new Message.VoteResponse(2, 1, 1, false, 0, 0));
      assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    }

    @Test
    void followALeaderOfTheirTerm() {
      TestNode node = node(0, 0);
      node.raw().campaign();
      node.handleReadys();
      assertThat(step(node, append(1, 0, 0, 0, 1))).containsExactly(new Message.AppendAccepted(1, 2, 1, 1));
      assertThat(node.status().leader()).isEqualTo(2);
    }

    @Test
    void campaignAgainWhenTheTimeoutPasses() {
      TestNode node = node(0, 0);
      node.raw().fixElectionTimeout(10);
      tick(node, 10);
      assertThat(node.status().term()).isEqualTo(1);
      tick(node, 10);
      assertThat(node.status().term()).isEqualTo(2);
    }
  }

  @Nested
  class Leaders {
    @Test
    void makeThemselvesHeardAtOnceAndEveryHeartbeat() {
      TestNode node = node(0, 0);
      node.raw().campaign();
      node.handleReadys();
      assertThat(step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0)))
          .hasSize(2)
          .allMatch(m -> m instanceof Message.AppendRequest);
      node.raw().tick();
      assertThat(node.handleReadys())
          .containsExactly(new Message.Heartbeat(1, 2, 1, 0, 2), new Message.Heartbeat(1, 3, 1, 0, 2));
    }

    @Test
    void appendProposalsAndSendThem() {
      TestNode node = leader(2, 1);
      step(node, new Message.AppendAccepted(2, 1, 2, 2));
      node.raw().propose(List.of(new byte[] {7}));
      assertThat(node.handleReadys())
          .contains(
              new Message.AppendRequest(1, 2, 2, 2, 2, 2, List.of(new Entry.Normal(2, 3, new byte[] {7}))));
    }

    @Test
    void stepBackWhenAFollowerRefusesUntilTheLogsMatch() {
      TestNode node = leader(5, 1, 2, 4, 4);
      List<Message> sent = step(node, new Message.AppendRejected(2, 1, 5, 4, 3, 3));
      assertThat(sent).singleElement().isInstanceOf(Message.AppendRequest.class);
      assertThat(((Message.AppendRequest) sent.getFirst()).prevIndex()).isEqualTo(2);
    }

    @Test
    void commitWhatAMajorityHoldsIfItIsOfTheirTerm() {
      TestNode node = leader(3, 1, 2);
      step(node, new Message.AppendAccepted(2, 1, 3, 2));
      assertThat(node.status().commit()).as("an entry of term 2 is not committed by counting").isZero();
      step(node, new Message.AppendAccepted(2, 1, 3, 3));
      assertThat(node.status().commit()).isEqualTo(3);
    }

    @Test
    void neverOverwriteTheirOwnLog() {
      TestNode node = leader(3, 1, 2);
      node.raw().propose(List.of(new byte[] {1}, new byte[] {2}));
      node.handleReadys();
      assertThat(node.terms()).containsExactly(1L, 2L, 3L, 3L, 3L);
    }
  }
}
