package io.raftoral.simulation.cluster;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.message.SnapshotMetadata;
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
  private final SimProcess process;
  private final KvMachine machine;
  private final Map<CommandId, SimClient.Answer> waiting = new HashMap<>();
  private @Nullable Group group;

  RegisterReplica(SimCluster cluster, SimProcess process, StateDisk disk, SimRandom random) {
    this.cluster = cluster;
    this.process = process;
    this.machine = new KvMachine(disk, random, this);
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
    CommandId id = new CommandId(call.client(), call.sequence());
    waiting.put(id, answer);
    byte[] command = new KvCommand(call.client(), call.sequence(), call.input()).encode(cluster.valueBytes());
    group().propose(command, new ProposalListener() {
      @Override
      public void appended(long appendTerm, long index) {}

      @Override
      public void refused(ProposalResult.Reason reason, long leader) {
        waiting.remove(id);
        answer.refused((int) leader, Mark.COMMAND_REFUSED);
      }
    });
  }

  private void read(History.Call call, SimClient.Answer answer) {
    int key = call.input().key();
    group().read(new ReadListener() {
      @Override
      public void confirmed(long index) {
        if (!process.leads()) {
          cluster.marks().hit(Mark.READ_ON_FOLLOWER);
        }
        machine.whenApplied(index, applied ->
            answer.done(new Output(machine.state().value(key), true), History.after(applied)));
      }

      @Override
      public void failed() {
        answer.refused(0, Mark.READ_FAILED);
      }
    });
  }

  // --- the state machine tells --------------------------------------------------------------------------------------

  @Override
  public void applied(KvMachine source, Committed entry) {
    process.applied(entry, source.state().digest());
  }

  @Override
  public void command(KvCommand command, long index, int ordinal, Output output, boolean duplicate) {
    if (duplicate) {
      cluster.marks().hit(Mark.DUPLICATE_COMMAND_SUPPRESSED);
    } else {
      cluster.placed(command, index, ordinal);
    }
    SimClient.Answer answer = waiting.remove(new CommandId(command.client(), command.sequence()));
    if (answer != null) {
      answer.done(output, 0);
    }
  }

  @Override
  public void restored(KvMachine source, SnapshotMetadata snapshot) {
    process.restored(snapshot, source.state().digest());
  }

  @Override
  public void roleChanged(RoleChange change) {
    process.roleChanged(change);
  }
}
