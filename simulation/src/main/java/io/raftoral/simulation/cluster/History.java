package io.raftoral.simulation.cluster;

import io.raftoral.simulation.linearizability.Operation;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.linearizability.Register.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients asked and were answered, and in which order the log has their commands. */
public final class History {
  /** Commands of one entry are ordered among themselves by the low bits of a position. */
  static final int ORDINAL_BITS = 20;

  /**
   * A client's operation.
   *
   * @param client the session it was made in
   * @param sequence its number in the session; 0 for a read
   */
  record Call(int client, long sequence, Input input, long callNanos) {}

  /** An operation with its answer. */
  record Answered(Call call, Output output, long returnNanos, long position) {}

  /** A command where the log has it first. */
  record Placed(int client, long sequence, Input input, long position) {}

  private final List<Answered> answered = new ArrayList<>();
  private final List<Call> abandoned = new ArrayList<>();
  private final List<Placed> placed = new ArrayList<>();

  void answered(Call call, Output output, long returnNanos, long position) {
    answered.add(new Answered(call, output, returnNanos, position));
  }

  void abandoned(Call call) {
    abandoned.add(call);
  }

  /** A command was applied for the first time, on whichever node came first. */
  void placed(KvCommand command, long position) {
    placed.add(new Placed(command.client(), command.sequence(), command.input(), position));
  }

  List<Answered> answeredCalls() {
    return Collections.unmodifiableList(answered);
  }

  List<Placed> placedCommands() {
    return Collections.unmodifiableList(placed);
  }

  /** How many operations were answered. */
  public int completed() {
    return answered.size();
  }

  /** How many operations were given up without an answer. */
  public int pending() {
    return abandoned.size();
  }

  /** The history as the linearizability checker takes it, of one register or of all. */
  public List<Operation<Input, Output>> operations(@Nullable Integer key) {
    List<Operation<Input, Output>> operations = new ArrayList<>();
    for (Answered a : answered) {
      if (key == null || a.call().input().key() == key) {
        operations.add(
            new Operation<>(a.call().client(), a.call().input(), a.output(), a.call().callNanos(), a.returnNanos()));
      }
    }
    for (Call call : abandoned) {
      boolean read = call.input() instanceof Input.Read;
      if (!read && (key == null || call.input().key() == key)) {
        operations.add(new Operation<>(call.client(), call.input(), null, call.callNanos(), 0));
      }
    }
    return operations;
  }

  static long position(long index, int ordinal) {
    return (index << ORDINAL_BITS) + ordinal;
  }

  /** The position of a read of the state after {@code index}. */
  static long after(long index) {
    return (index << ORDINAL_BITS) + (1 << ORDINAL_BITS) - 1;
  }
}
