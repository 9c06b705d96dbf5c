package io.raftoral.raft.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.raft.membership.ConfState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state machine whose state is the list of all commands. What it applied is volatile until {@link #flush()}. */
final class ListMachine implements StateMachine {

  /** State at one index. */
  private record State(SnapshotMetadata at, List<String> commands) {}

  private final ConfState bootstrap;
  private State durable;
  private State state;

  /** Everything that happened to it, in order: commands, "leads 3", "follows 2 in 3", "voters [1, 2]", "restored 9". */
  final List<String> events = new ArrayList<>();

  /** How many entries each call of apply brought. */
  final List<Integer> batches = new ArrayList<>();

  /** Whether everything it applies is durable at once. */
  boolean writesThrough;

  /** If not null, thrown by the next apply. */
  @Nullable RuntimeException failure;

  int viewsOpened;
  int viewsClosed;
  int partsRead;
  int stagings;
  int timesMadeDurable;

  ListMachine(List<Long> voters) {
    this.bootstrap = ConfState.ofVoters(voters);
    this.durable = new State(SnapshotMetadata.EMPTY, List.of());
    this.state = durable;
  }

  List<String> commands() {
    return state.commands;
  }

  long appliedIndex() {
    return state.at.index();
  }

  ConfState confState() {
    return state.at.confState();
  }

  /** What it applied so far survives a power cut. */
  void flush() {
    durable = state;
  }

  /** Power is cut. */
  void powerCut() {
    state = durable;
    events.clear();
    batches.clear();
  }

  @Override
  public SnapshotMetadata applied() {
    return state.at;
  }

  @Override
  public void apply(List<Committed> batch) {
    if (failure != null) {
      throw failure;
    }
    List<String> commands = new ArrayList<>(state.commands);
    SnapshotMetadata at = state.at;
    for (Committed entry : batch) {
      if (entry.index() != at.index() + 1) {
        throw new AssertionError("entry " + entry.index() + " was applied after " + at.index());
      }
      ConfState confState = at.index() == 0 ? bootstrap : at.confState();
      switch (entry) {
        case Committed.Commands some -> {
          for (byte[] command : some.commands()) {
            commands.add(new String(command, UTF_8));
            events.add(new String(command, UTF_8));
          }
        }
        case Committed.Configuration changed -> {
          confState = changed.confState();
          events.add("voters " + confState.voters());
        }
      }
      at = new SnapshotMetadata(entry.index(), entry.term(), confState);
    }
    state = new State(at, commands);
    batches.add(batch.size());
    if (writesThrough) {
      flush();
    }
  }

  @Override
  public void roleChanged(RoleChange change) {
    events.add(
        change.leads() ? "leads in " + change.term() : "follows " + change.leader() + " in " + change.term());
  }

  @Override
  public SnapshotStaging stage(SnapshotMetadata metadata) {
    stagings++;
    return new ImageStaging(metadata);
  }

  @Override
  public void restore(SnapshotStaging staging) {
    ImageStaging image = (ImageStaging) staging;
    String text = new String(image.image(), UTF_8);
    state = new State(image.metadata(), text.isEmpty() ? List.of() : List.of(text.split("\n", -1)));
    events.add("restored " + state.at.index());
    flush();
  }

  @Override
  public SnapshotView view() {
    viewsOpened++;
    ImageView image = new ImageView(state.at, String.join("\n", state.commands).getBytes(UTF_8));
    return new SnapshotView() {
      @Override
      public SnapshotMetadata metadata() {
        return image.metadata();
      }

      @Override
      public Part read(byte[] cursor, int maxBytes) {
        partsRead++;
        return image.read(cursor, maxBytes);
      }

      @Override
      public void close() {
        viewsClosed++;
      }
    };
  }

  @Override
  public long makeDurable() {
    timesMadeDurable++;
    return durableIndex();
  }

  @Override
  public long durableIndex() {
    return durable.at.index();
  }
}
