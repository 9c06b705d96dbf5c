package io.raftoral.storage.rocksdb;

/** Checks of option values. */
final class Bounds {
  private Bounds() {}

  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
  }
}
