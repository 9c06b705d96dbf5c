package io.raftoral.simulation.workflow;

import io.raftoral.simulation.world.SimRandom;

/** Hashes of bytes, of 64 bits, as good as accidents need and no better. */
final class Hashes {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Hashes() {}

  static long of(byte[] key, byte[] value) {
    return SimRandom.mix(of(of(key.length, key) + value.length, value));
  }

  static long of(long start, byte[] bytes) {
    long h = start;
    for (byte b : bytes) {
      h = (h ^ b) * GOLDEN;
      h ^= h >>> 29;
    }
    return h;
  }

  static long of(long start, String text) {
    long h = start;
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * GOLDEN;
      h ^= h >>> 29;
    }
    return h;
  }
}
