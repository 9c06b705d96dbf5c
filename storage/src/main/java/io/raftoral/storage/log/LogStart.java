package io.raftoral.storage.log;

/**
 * Where a group's log begins: the last entry that is gone, known by its term alone.
 *
 * @param index 0 if nothing was ever dropped
 * @param term the term of the entry at {@code index}
 */
public record LogStart(long index, long term) {
  static final LogStart ZERO = new LogStart(0, 0);
}
