package io.raftoral.simulation.workflow;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Which keys of the state store are records of journals, told from the documented layout ({@code KeyLayout}) without
 * asking the code that is under test: group:8 slot:2 'R' run:8 3 depth:1 (fork:4 child:4)* position:8.
 */
final class JournalKeys {
  /** Above every key. */
  static final byte[] END = {-1, -1, -1, -1, -1, -1, -1, -1, -1};

  private static final int KIND_AT = 10;
  private static final int RUN_AT = 11;
  private static final int PART_AT = 19;
  private static final int JOURNAL = 3;

  private JournalKeys() {}

  static boolean isJournal(byte[] key) {
    return key.length > PART_AT && key[KIND_AT] == 'R' && key[PART_AT] == JOURNAL;
  }

  static long run(ByteBuffer key) {
    return key.getLong(RUN_AT);
  }

  static long position(ByteBuffer key) {
    return key.getLong(key.capacity() - Long.BYTES);
  }

  static boolean isMain(ByteBuffer key) {
    return key.get(PART_AT + 1) == 0;
  }

  /** What stands for the branch: two keys of one branch have the same. */
  static String branch(ByteBuffer key) {
    return HexFormat.of().formatHex(key.array(), PART_AT + 1, key.capacity() - Long.BYTES);
  }
}
