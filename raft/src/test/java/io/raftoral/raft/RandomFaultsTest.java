package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bare cores under random faults: messages are lost, repeated, reordered and very late, disks and state machines are
 * slow, nodes crash and lose what was not durable, clocks differ a little, leadership is transferred, members change.
 * After every event the safety properties of the Raft paper's figure 3 hold, and once the faults stop the group makes
 * progress.
 *
 * <p>The project's simulator does the same with the production driver and disks; this test is the first line, in the
 * same module as the core. {@code -Dsurefire.extra=-Draftoral.seeds=500} runs more of it.
 */
class RandomFaultsTest {
  private static final int TICK = 100;
  private static final int SEEDS = Integer.getInteger("raftoral.seeds", 4);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "plain, false, false, false",
    "preVoteAndCheckQuorum, true, false, false",
    "lease, true, true, false",
    "membership, true, false, true",
    "membershipAndLease, true, true, true"
  })
  void safetyHoldsUnderFaultsAndProgressFollows(
      String name, boolean checkQuorum, boolean lease, boolean membership) {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        new Run(seed + name.hashCode() * 1000L, checkQuorum, lease, membership).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(name + ", seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private record Flying(long at, Message message) {}

  private record Asked(long commitAtStart) {}

  private static final class Run {
    final Random random;
    final boolean lease;
    final boolean membership;
    final SortedMap<Long, AsyncNode> nodes = new TreeMap<>();
    final List<Flying> wire = new ArrayList<>();
    final NavigableMap<Long, Entry> canon = new TreeMap<>();
    final Map<Long, Long> leaderOfTerm = new TreeMap<>();
    final Map<String, Long> floor = new TreeMap<>();
    final Map<Long, Asked> asked = new TreeMap<>();
    final double loss;
    final UnaryOperator<RaftConfig> configure;
    long now;
    long contexts;
    boolean faults = true;
    long cutNode;

    Run(long seed, boolean checkQuorum, boolean lease, boolean membership) {
      this.random = new Random(seed);
      this.lease = lease;
      this.membership = membership;
      this.loss = random.nextInt(3) * 0.1;
      boolean small = random.nextBoolean();
      this.configure =
          config ->
              config
                  .withCheckQuorum(checkQuorum)
                  .withPreVote(checkQuorum)
                  .withLeaderLease(lease)
                  .withReadMode(lease && seed % 2 == 0 ? RaftConfig.ReadMode.LEASE : RaftConfig.ReadMode.QUORUM)
                  .withMaxSizePerMessageBytes(small ? 60 : 1000)
                  .withMaxInFlight(small ? 2 : 16, small ? 200 : 0)
                  .withMaxCommittedSizePerReadyBytes(small ? 80 : 1 << 20);
      int size = 3 + 2 * random.nextInt(2);
      List<Long> ids = new ArrayList<>();
      for (long id = 1; id <= size; id++) {
        ids.add(id);
      }
      int total = membership ? size + 2 : size;
      for (long id = 1; id <= total; id++) {
        RaftConfig config = configure.apply(RaftConfig.defaults(id));
        AsyncNode node = new AsyncNode(config, ConfState.ofVoters(ids), new Random(seed * 31 + id), this::applied);
        node.nextTick = random.nextInt(TICK);
        // With leases clocks differ by less than the stated bound, without by far more.
        node.tickLength = lease ? TICK - 3 + random.nextInt(7) : TICK - 30 + random.nextInt(60);
        nodes.put(id, node);
      }
    }

    void run() {
      while (now < 250 * TICK) {
        step();
      }
      faults = false;
      cutNode = 0;
      nodes.values().stream().filter(node -> node.down).forEach(AsyncNode::restart);
      long until = now + 120 * TICK;
      while (now < until) {
        step();
      }
      checkProgress();
    }

    private void step() {
      now += 1 + random.nextInt(8);
      for (AsyncNode node : nodes.values()) {
        while (node.nextTick <= now) {
          node.nextTick += node.tickLength;
          if (!node.down) {
            node.raw.tick();
            settle(node);
          }
        }
      }
      for (int i = wire.size() - 1; i >= 0; i--) {
        if (wire.get(i).at <= now) {
          deliver(wire.remove(i).message);
        }
      }
      for (AsyncNode node : nodes.values()) {
        if (!node.down) {
          if (random.nextInt(4) == 0) {
            send(node.write(1 + random.nextInt(20)));
          }
          if (random.nextInt(2) == 0) {
            node.apply();
          }
          settle(node);
        }
      }
      act(pick());
      for (AsyncNode node : nodes.values()) {
        if (!node.down) {
          settle(node);
          check(node);
        }
      }
      checkLease();
    }

    private AsyncNode pick() {
      return node(1 + random.nextInt(nodes.size()));
    }

    private AsyncNode node(long id) {
      return Objects.requireNonNull(nodes.get(id));
    }

    private void act(AsyncNode node) {
      int dice = random.nextInt(1000);
      if (node.down) {
        if (dice < 100) {
          node.restart();
        }
        return;
      }
      if (dice < 100) {
        node.raw.propose(List.of(new byte[random.nextInt(30)]));
      } else if (dice < 130) {
        long context = ++contexts;
        asked.put(context, new Asked(maxCommit()));
        node.raw.readIndex(context);
      } else if (dice < 140) {
        node.checkpoint(random.nextBoolean());
      } else if (faults && dice < 146) {
        node.crash();
      } else if (faults && dice < 150) {
        node.raw.transferLeader(1 + random.nextInt(nodes.size()));
      } else if (faults && dice < 154) {
        node.raw.campaign();
      } else if (faults && dice < 156) {
        node.raw.forgetLeader();
      } else if (faults && dice < 160) {
        node.raw.reportUnreachable(1 + random.nextInt(nodes.size()));
      } else if (dice < 180) {
        node.raw.reportSnapshot(1 + random.nextInt(nodes.size()), random.nextBoolean());
      } else if (faults && dice < 184) {
        cutNode = random.nextInt(nodes.size() + 1);
      } else if (faults && membership && dice < 200) {
        changeMembers(node);
      }
    }

    private void changeMembers(AsyncNode node) {
      ConfState now = node.status().confState();
      List<ConfChange.Change> changes = new ArrayList<>();
      int count = 1 + random.nextInt(2);
      for (int i = 0; i < count; i++) {
        ConfChange.Kind kind =
            switch (random.nextInt(3)) {
              case 0 -> ConfChange.Kind.ADD_LEARNER;
              case 1 -> ConfChange.Kind.REMOVE;
              default -> ConfChange.Kind.ADD_VOTER;
            };
        // Two voters stay at least, so that the group can be expected to go on.
        if (kind != ConfChange.Kind.ADD_VOTER && now.voters().size() - count < 2) {
          kind = ConfChange.Kind.ADD_VOTER;
        }
        changes.add(new ConfChange.Change(kind, 1 + random.nextInt(nodes.size())));
      }
      node.raw.proposeConfChange(
          random.nextInt(4) == 0
              ? ConfChange.leaveJoint()
              : new ConfChange(
                  random.nextBoolean() ? ConfChange.Transition.AUTO : ConfChange.Transition.JOINT_EXPLICIT, changes));
    }

    private void settle(AsyncNode node) {
      send(node.takeReadys());
      for (ReadState read : node.reads) {
        Asked question = asked.remove(read.context());
        if (question == null) {
          throw new AssertionError(read + " was answered twice or never asked");
        }
        assertThat(read.index()).as("%s is stale", read).isGreaterThanOrEqualTo(question.commitAtStart);
      }
      node.reads.clear();
    }

    private void send(List<Message> messages) {
      for (Message message : messages) {
        if (faults && random.nextDouble() < loss) {
          continue;
        }
        int copies = faults && random.nextInt(20) == 0 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
          long delay = random.nextInt(TICK / 2);
          if (faults && random.nextInt(30) == 0) {
            delay = random.nextInt(30 * TICK);
          }
          wire.add(new Flying(now + delay, message));
        }
      }
    }

    private void deliver(Message message) {
      AsyncNode target = node(message.to());
      if (!target.down && message.to() != cutNode && message.from() != cutNode) {
        target.raw.step(message);
        settle(target);
        checkLease();
      }
    }

    private void applied(AsyncNode node, Entry entry) {
      Entry known = canon.putIfAbsent(entry.index(), entry);
      if (known != null) {
        assertThat(entry).as("state-machine safety, node %s", node.id).isEqualTo(known);
      } else if (!membership) {
        long holders = nodes.values().stream().filter(other -> holds(other, entry)).count();
        assertThat(holders).as("%s is applied but not durable on a quorum", entry).isGreaterThan(nodes.size() / 2);
      }
    }

    private static boolean holds(AsyncNode node, Entry entry) {
      long index = entry.index();
      return index < node.storage.firstIndex()
          || (index <= node.storage.lastIndex() && node.storage.term(index) == entry.term());
    }

    private void check(AsyncNode node) {
      Status status = node.status();
      if (status.role() == RoleName.LEADER) {
        Long other = leaderOfTerm.putIfAbsent(status.term(), node.id);
        assertThat(other == null || other == node.id).as("two leaders in term %s", status.term()).isTrue();
      }
      assertThat(status.applied()).isLessThanOrEqualTo(status.commit());
      assertThat(status.commit()).isLessThanOrEqualTo(status.lastIndex());
      assertThat(status.rejectedMessages()).isZero();
      assertMonotonic(node.id + " durable term", node.storage.hardState().term());
    }

    private void assertMonotonic(String what, long value) {
      Long before = floor.put(what, value);
      assertThat(before == null || before <= value).as("%s went back from %s to %s", what, before, value).isTrue();
    }

    private void checkLease() {
      if (!lease) {
        return;
      }
      for (AsyncNode holder : nodes.values()) {
        if (!holder.down && holder.raw.leaseTicks() > 0) {
          for (AsyncNode other : nodes.values()) {
            boolean leadsLater =
                !other.down
                    && other.status().role() == RoleName.LEADER
                    && other.status().term() > holder.status().term();
            assertThat(leadsLater).as("%s leads beside the lease of %s", other.id, holder.id).isFalse();
          }
        }
      }
    }

    private long maxCommit() {
      return nodes.values().stream().filter(n -> !n.down).mapToLong(n -> n.status().commit()).max().orElse(0);
    }

    private void checkProgress() {
      for (int attempt = 0; attempt < 20; attempt++) {
        AsyncNode leader = nodes.values().stream().max(Comparator.comparingLong(this::leaderTerm)).orElseThrow();
        if (leader.raw.propose(List.of(new byte[] {1, 2, 3})) instanceof ProposalResult.Appended appended) {
          long until = now + 30 * TICK;
          while (now < until) {
            step();
          }
          if (leader.status().confState().voters().stream().allMatch(id -> node(id).applied >= appended.lastIndex())) {
            return;
          }
        } else {
          long until = now + 10 * TICK;
          while (now < until) {
            step();
          }
        }
      }
      throw new AssertionError("no progress: " + statuses());
    }

    private long leaderTerm(AsyncNode node) {
      return node.status().role() == RoleName.LEADER ? node.status().term() : 0;
    }

    private List<Status> statuses() {
      return nodes.values().stream().map(AsyncNode::status).toList();
    }
  }
}
