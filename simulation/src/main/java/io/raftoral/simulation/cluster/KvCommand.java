package io.raftoral.simulation.cluster;

import io.raftoral.simulation.linearizability.Register.Input;
import java.nio.ByteBuffer;

/**
 * A command of the key-value state machine, as it stands in the log.
 *
 * @param client who sent it
 * @param sequence counts the client's commands; a command that is sent again keeps its number
 * @param attempt counts how often anything was proposed anywhere: no two proposals are equal
 */
record KvCommand(int client, long sequence, long attempt, Input input) {
  private static final int FIXED_BYTES = 4 + 8 + 8 + 1 + 4 + 8 + 8;

  byte[] encode(int paddingBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + paddingBytes);
    bytes.putInt(client).putLong(sequence).putLong(attempt);
    switch (input) {
      case Input.Read read -> bytes.put((byte) 0).putInt(read.key()).putLong(0).putLong(0);
      case Input.Write write -> bytes.put((byte) 1).putInt(write.key()).putLong(write.value()).putLong(0);
      case Input.Cas cas -> bytes.put((byte) 2).putInt(cas.key()).putLong(cas.expected()).putLong(cas.value());
      case Input.Add add -> bytes.put((byte) 3).putInt(add.key()).putLong(add.delta()).putLong(0);
    }
    return bytes.array();
  }

  static KvCommand decode(byte[] data) {
    ByteBuffer bytes = ByteBuffer.wrap(data);
    int client = bytes.getInt();
    long sequence = bytes.getLong();
    long attempt = bytes.getLong();
    byte kind = bytes.get();
    int key = bytes.getInt();
    long first = bytes.getLong();
    long second = bytes.getLong();
    Input input =
        switch (kind) {
          case 0 -> new Input.Read(key);
          case 1 -> new Input.Write(key, first);
          case 2 -> new Input.Cas(key, first, second);
          case 3 -> new Input.Add(key, first);
          default -> throw new IllegalArgumentException("no such command: " + kind);
        };
    return new KvCommand(client, sequence, attempt, input);
  }
}
