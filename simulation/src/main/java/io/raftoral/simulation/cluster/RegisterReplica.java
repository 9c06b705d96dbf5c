package io.raftoral.simulation.cluster;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.linearizability.Register.Output;
import io.raftoral.simulation.world.SimRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Replicated registers, and the requests of clients for them. */
final class RegisterReplica implements Replica, KvMachine.Observer {
  private record CommandId(int client, long sequence) {}

  private final SimCluster cluster;
  private final SimGroup home;
  private final KvMachine machine;
  private final Map<CommandId, SimClient.Answer> waiting = new HashMap<>();
  private @Nullable Group group;
  private int unanswered;

  RegisterReplica(SimCluster cluster, SimGroup home, StateDisk disk, SimRandom random) {
    this.cluster = cluster;
    this.home = home;
    this.machine = new KvMachine(disk, random, this);
  }

  /** Proposals and reads of which nothing was heard so far. */
  int unanswered() {
    return unanswered;
  }

  @Override
  public StateMachine machine() {
    return machine;
  }

  @Override
  public void bind(Group opened) {
    group = opened;
  }

  @Override
  public long appliedIndex() {
    return machine.applied().index();
  }

  @Override
  public void transferLeadership(Group of, long node) {
    of.transferLeadership(node);
  }

  @Override
  public void kill() {
    waiting.clear();
  }

  // --- clients ------------------------------------------------------------------------------------------------------

  void request(History.Call call, SimClient.Answer answer) {
    if (call.input() instanceof Input.Read) {
      read(call, answer);
    } else {
      propose(call, answer);
    }
  }

  private Group group() {
    return Objects.requireNonNull(group);
  }

  private void propose(History.Call call, SimClient.Answer answer) {
    CommandId command = new CommandId(call.client(), call.sequence());
    waiting.put(command, answer);
    long proposal = cluster.nextProposal();
    unanswered++;
    byte[] bytes =
        new KvCommand(call.client(), call.sequence(), proposal, call.input()).encode(cluster.valueBytes());
    group().propose(bytes, new ProposalListener() {
      private boolean told;

      @Override
      public void appended(long appendTerm, long index) {
        told = once(told, "a proposal");
        cluster.checks().proposals().appended(home.node(), proposal, home.id(), appendTerm, index);
      }

      @Override
      public void refused(ProposalResult.Reason reason, long leader) {
        told = once(told, "a proposal");
        cluster.checks().proposals().refused(home.node(), proposal);
        if (waiting.get(command) == answer) {
          waiting.remove(command);
        }
        answer.refused((int) leader, Mark.COMMAND_REFUSED);
      }
    });
  }

  private void read(History.Call call, SimClient.Answer answer) {
    int key = call.input().key();
    long committed = cluster.checks().committed(home.id());
    unanswered++;
    group().read(new ReadListener() {
      private boolean told;

      @Override
      public void confirmed(long index) {
        told = once(told, "a read");
        if (index < committed) {
          cluster.checks().violated(Invariant.I8_LINEARIZABLE, home.node(),
              "a read of what was committed when it was asked for, up to " + committed + " at least",
              "it is confirmed at " + index);
        }
        if (!home.leads()) {
          cluster.marks().hit(Mark.READ_ON_FOLLOWER);
        }
        machine.whenApplied(index, applied ->
            answer.done(new Output(machine.state().value(key), true), History.after(applied)));
      }

      @Override
      public void failed() {
        told = once(told, "a read");
        answer.refused(0, Mark.READ_FAILED);
      }
    });
  }

  /** Whoever asks is told once what came of it. */
  private boolean once(boolean told, String what) {
    if (told) {
      cluster.checks().violated(Invariant.PROPOSALS, home.node(), "one answer to " + what, "a second one");
    }
    unanswered--;
    return true;
  }

  // --- the state machine tells --------------------------------------------------------------------------------------

  @Override
  public void applied(KvMachine source, Committed entry) {
    home.applied(entry, source.state().digest());
  }

  @Override
  public void command(
      KvCommand command, long index, long entryTerm, int ordinal, Output output, boolean duplicate) {
    cluster.checks().proposals().applied(home.node(), command.attempt(), home.id(), entryTerm, index);
    if (duplicate) {
      cluster.marks().hit(Mark.DUPLICATE_COMMAND_SUPPRESSED);
    } else {
      cluster.placed(home.id(), command, index, ordinal);
    }
    SimClient.Answer answer = waiting.remove(new CommandId(command.client(), command.sequence()));
    if (answer != null) {
      answer.done(output, 0);
    }
  }

  @Override
  public void restored(KvMachine source, SnapshotMetadata snapshot) {
    home.restored(snapshot, source.state().digest());
  }

  @Override
  public void roleChanged(RoleChange change) {
    home.roleChanged(change);
  }
}
