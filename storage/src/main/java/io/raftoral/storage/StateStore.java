package io.raftoral.storage;

import org.jspecify.annotations.Nullable;

/**
 * An ordered key-value store that holds the applied state of every group on a node.
 *
 * <p>Keys are ordered as unsigned bytes. Batches are atomic and are seen by reads at once. They become durable later, in
 * the order in which they were written: after a crash the store opens at a prefix of them. Whoever writes therefore
 * puts the applied index into the same batch, and applies the log again from there.
 *
 * <p>Reads may come from any thread; batches of one group from one thread at a time.
 */
public interface StateStore extends AutoCloseable {

  /** The value of {@code key}, or null. */
  byte @Nullable [] get(byte[] key);

  /** Writes a batch atomically. The batch is empty afterwards and may be used again. */
  void write(Batch batch);

  /** A new, empty batch. */
  Batch newBatch();

  /**
   * Walks over the keys in {@code [from, to)} of a state that does not change while the walk lasts.
   *
   * @param visitor returns whether to go on
   */
  void scan(byte[] from, byte[] to, Visitor visitor);

  /** Like {@link #scan}, from the greatest key below {@code to} downwards. */
  void scanBackwards(byte[] from, byte[] to, Visitor visitor);

  /** Holds the store still as it is now, to be read while it moves on. Costs little, but must be closed. */
  View view();

  /**
   * Begins to replace all keys in {@code [from, to)} by others, which may be many more than fit into memory. What an
   * earlier replacement of the same range has gathered is thrown away. There is one at a time for a range.
   *
   * @param from also names the range: two replacements at a time must differ in it
   */
  Replacement replace(byte[] from, byte[] to);

  /** Makes everything durable that was written so far. Blocks. */
  void flush();

  @Override
  void close();

  /** Changes that take effect together. Not safe for use by several threads. */
  interface Batch {
    /** Sets {@code key} to {@code value}. Both are copied or must not change until the batch is written. */
    void put(byte[] key, byte[] value);

    /** Removes {@code key}, if it is there. */
    void delete(byte[] key);

    /** Removes all keys in {@code [from, to)}. */
    void deleteRange(byte[] from, byte[] to);
  }

  /** The store as it was at one moment. For one thread at a time. */
  interface View extends AutoCloseable {
    /** Walks over the keys in {@code [from, to)}. */
    void scan(byte[] from, byte[] to, Visitor visitor);

    /** May be called twice, and after the store was closed. */
    @Override
    void close();
  }

  /** New content for a range of keys, gathered aside. For one thread at a time. */
  interface Replacement extends AutoCloseable {
    /**
     * Takes a key, which has to be greater than the one before and in the range.
     *
     * @throws IllegalArgumentException if it is not
     */
    void put(byte[] key, byte[] value);

    /**
     * Puts the new content in the place of the old, all at once for those who read, and durably: when this returns it
     * survives a power cut, and if power is cut before, the store opens with either the old content or the new. Nobody may
     * write to the range meanwhile.
     */
    void install();

    /** Throws away what was gathered, unless it was installed. May be called twice. */
    @Override
    void close();
  }

  /** Sees one key after the other. */
  @FunctionalInterface
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }
}
