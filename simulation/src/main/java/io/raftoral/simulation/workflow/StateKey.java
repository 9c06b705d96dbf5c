package io.raftoral.simulation.workflow;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A key of the state store, for maps. Knows which keys are records of journals, told from the documented layout ({@code
 * KeyLayout}) without asking the code that is under test: group:8 slot:2 'R' run:8 3 depth:1 (fork:4 child:4)*
 * position:8.
 */
public final class StateKey {
  /** Above every key. */
  static final byte[] END = {-1, -1, -1, -1, -1, -1, -1, -1, -1};

  private static final int KIND_AT = 10;
  private static final int RUN_AT = 11;
  private static final int PART_AT = 19;
  private static final int DEPTH_AT = 20;
  private static final int JOURNAL = 3;

  private final byte[] bytes;
  private final int hash;

  /** A key that nobody changes. */
  StateKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  /** Whether it lies in {@code [from, to)}. */
  boolean isWithin(byte[] from, byte[] to) {
    return Arrays.compareUnsigned(bytes, from) >= 0 && Arrays.compareUnsigned(bytes, to) < 0;
  }

  boolean isJournal() {
    return bytes.length > DEPTH_AT && bytes[KIND_AT] == 'R' && bytes[PART_AT] == JOURNAL;
  }

  /** The run of a journal's record. */
  long run() {
    return ByteBuffer.wrap(bytes).getLong(RUN_AT);
  }

  /** The position of a journal's record. */
  long position() {
    return ByteBuffer.wrap(bytes).getLong(bytes.length - Long.BYTES);
  }

  /** Whether a journal's record is of the main branch. */
  boolean isMain() {
    return bytes[DEPTH_AT] == 0;
  }

  /** What stands for the branch of a journal's record: the key without its position. */
  StateKey branch() {
    return new StateKey(Arrays.copyOf(bytes, bytes.length - Long.BYTES));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StateKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
