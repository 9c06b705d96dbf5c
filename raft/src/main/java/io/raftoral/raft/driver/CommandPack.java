package io.raftoral.raft.driver;

import java.util.ArrayList;
import java.util.List;

/**
 * Several commands in the data of one log entry.
 *
 * <pre>
 *   version   1 byte, 1
 *   count     varint
 *   lengths   count varints
 *   commands  one after the other
 * </pre>
 *
 * <p>Varints hold seven bits a byte, the lowest first, and have at most five bytes. The lengths must add up to exactly
 * what follows. Empty data is the blank entry of a new leader and holds no command.
 */
final class CommandPack {
  private static final byte VERSION = 1;

  /** No entry holds more commands than this. */
  static final int MAX_COMMANDS = 1 << 16;

  private CommandPack() {}

  /** What a command of this size adds to an entry, in bytes. */
  static int packedBytes(int commandBytes) {
    return varintBytes(commandBytes) + commandBytes;
  }

  /** Packs the commands of {@code proposals} from {@code from} up to, not including, {@code to}. */
  static byte[] pack(List<Input.Proposal> proposals, int from, int to) {
    int size = 1 + varintBytes(to - from);
    for (int i = from; i < to; i++) {
      size += packedBytes(proposals.get(i).command.length);
    }
    byte[] data = new byte[size];
    data[0] = VERSION;
    int at = putVarint(data, 1, to - from);
    for (int i = from; i < to; i++) {
      at = putVarint(data, at, proposals.get(i).command.length);
    }
    for (int i = from; i < to; i++) {
      byte[] command = proposals.get(i).command;
      System.arraycopy(command, 0, data, at, command.length);
      at += command.length;
    }
    return data;
  }

  /**
   * The commands that {@link #pack} packed.
   *
   * @throws IllegalArgumentException if {@code data} is nothing that this version can have packed
   */
  static List<byte[]> unpack(byte[] data) {
    if (data.length == 0) {
      return List.of();
    }
    if (data[0] != VERSION) {
      throw new IllegalArgumentException(
          "entry has format version " + data[0] + ", this node knows " + VERSION + " alone; run a newer release");
    }
    Cursor cursor = new Cursor(data, 1);
    int count = cursor.varint();
    if (count > MAX_COMMANDS || count > data.length) {
      throw new IllegalArgumentException("entry of " + data.length + " bytes claims to hold " + count + " commands");
    }
    // The lengths are read twice rather than kept: that is cheaper than an array for them.
    Cursor lengths = new Cursor(data, cursor.at);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += cursor.varint();
    }
    if (sum != data.length - cursor.at) {
      throw new IllegalArgumentException(
          "commands of an entry claim " + sum + " bytes, but " + (data.length - cursor.at) + " are there");
    }
    List<byte[]> commands = new ArrayList<>(count);
    int at = cursor.at;
    for (int i = 0; i < count; i++) {
      byte[] command = new byte[lengths.varint()];
      System.arraycopy(data, at, command, 0, command.length);
      at += command.length;
      commands.add(command);
    }
    return commands;
  }

  private static int varintBytes(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
  }

  private static int putVarint(byte[] data, int at, int value) {
    int rest = value;
    int next = at;
    while (rest >= 1 << 7) {
      data[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    data[next++] = (byte) rest;
    return next;
  }

  /** Reads varints one after the other. */
  private static final class Cursor {
    private final byte[] data;
    private int at;

    Cursor(byte[] data, int at) {
      this.data = data;
      this.at = at;
    }

    int varint() {
      long value = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        if (at == data.length) {
          throw new IllegalArgumentException("entry of " + data.length + " bytes ends inside a length");
        }
        byte next = data[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          if (value > Integer.MAX_VALUE) {
            break;
          }
          return (int) value;
        }
      }
      throw new IllegalArgumentException("entry holds a length beyond " + Integer.MAX_VALUE);
    }
  }
}
