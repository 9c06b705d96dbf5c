package io.raftoral.simulation.cluster;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.linearizability.Register;
import io.raftoral.simulation.linearizability.Register.Output;
import io.raftoral.simulation.world.SimRandom;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Registers and client sessions: what the simulated clients replicate. A client's command is applied once; sent again,
 * it gets the answer it got the first time. The digest changes with every entry at the cost of what the entry touched.
 */
final class KvState {
  private record Session(long sequence, Output answer) {}

  /** What became of a command. */
  record Applied(Output answer, boolean duplicate) {}

  private final TreeMap<Integer, Long> registers = new TreeMap<>();
  private final TreeMap<Integer, Session> sessions = new TreeMap<>();
  private SnapshotMetadata applied = SnapshotMetadata.EMPTY;
  private long contents;

  SnapshotMetadata applied() {
    return applied;
  }

  long value(int key) {
    return registers.getOrDefault(key, 0L);
  }

  /** A digest over contents and sessions; the configuration is compared on its own. */
  long digest() {
    long h = SimRandom.mix(contents + applied.index() * 31 + applied.term());
    return h == 0 ? 1 : h;
  }

  Applied apply(KvCommand command) {
    Session session = sessions.get(command.client());
    if (session != null && session.sequence() >= command.sequence()) {
      return new Applied(session.answer(), true);
    }
    int key = command.input().key();
    long before = value(key);
    long after = Register.MODEL.stepUnknown(before, command.input());
    boolean ok = !(command.input() instanceof Register.Input.Cas cas) || cas.expected() == before;
    contents += part(key, after) - (registers.containsKey(key) ? part(key, before) : 0);
    registers.put(key, after);
    Output answer = new Output(after, ok);
    contents += part(command.client(), command.sequence(), answer) - (session == null ? 0 : part(command.client(), session.sequence(), session.answer()));
    sessions.put(command.client(), new Session(command.sequence(), answer));
    return new Applied(answer, false);
  }

  void advance(long index, long term) {
    applied = new SnapshotMetadata(index, term, applied.confState());
  }

  void configure(long index, long term, ConfState configuration) {
    applied = new SnapshotMetadata(index, term, configuration);
  }

  private static long part(int key, long value) {
    return SimRandom.mix(SimRandom.mix(key + 1L) ^ value);
  }

  private static long part(int client, long sequence, Output answer) {
    return SimRandom.mix(SimRandom.mix(SimRandom.mix(client + 0x5e551L) ^ sequence) + answer.value() * 2 + (answer.ok() ? 1 : 0));
  }

  /** The contents as bytes; the metadata travels beside them. */
  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(8 + registers.size() * 12 + sessions.size() * 21);
    bytes.putInt(registers.size());
    for (Map.Entry<Integer, Long> register : registers.entrySet()) {
      bytes.putInt(register.getKey()).putLong(register.getValue());
    }
    bytes.putInt(sessions.size());
    for (Map.Entry<Integer, Session> session : sessions.entrySet()) {
      Output answer = session.getValue().answer();
      bytes.putInt(session.getKey()).putLong(session.getValue().sequence());
      bytes.putLong(answer.value()).put((byte) (answer.ok() ? 1 : 0));
    }
    return bytes.array();
  }

  static KvState decode(SnapshotMetadata metadata, byte[] data) {
    KvState state = new KvState();
    state.applied = metadata;
    if (data.length == 0) {
      return state;
    }
    ByteBuffer bytes = ByteBuffer.wrap(data);
    for (int left = bytes.getInt(); left > 0; left--) {
      int key = bytes.getInt();
      long value = bytes.getLong();
      state.registers.put(key, value);
      state.contents += part(key, value);
    }
    for (int left = bytes.getInt(); left > 0; left--) {
      int client = bytes.getInt();
      long sequence = bytes.getLong();
      Output answer = new Output(bytes.getLong(), bytes.get() == 1);
      state.sessions.put(client, new Session(sequence, answer));
      state.contents += part(client, sequence, answer);
    }
    return state;
  }
}
