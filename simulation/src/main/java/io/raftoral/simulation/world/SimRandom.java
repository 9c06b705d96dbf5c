package io.raftoral.simulation.world;

import java.util.random.RandomGenerator;

/**
 * One named stream of random numbers (SplitMix64; Steele, Lea, Flood, OOPSLA 2014).
 *
 * <p>Every concern of a simulation (a link, a disk, a client) draws from a stream of its own, so that taking one fault
 * out of a plan does not reshuffle the luck of everything else. Not safe for use by several threads.
 */
public final class SimRandom implements RandomGenerator {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /** A stream that is determined by {@code seed}. */
  public SimRandom(long seed) {
    this.state = seed;
  }

  /** The stream called {@code name} of the simulation with this seed. */
  public static SimRandom named(long seed, String name) {
    long h = mix(seed ^ GOLDEN);
    for (int i = 0; i < name.length(); i++) {
      h = mix(h + GOLDEN + name.charAt(i));
    }
    return new SimRandom(h);
  }

  /** Scrambles the bits of {@code z}; a bijection. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in {@code [0, bound)}; the bias of the multiplication is below 2^-31 and does not matter here. */
  @Override
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, but is " + bound);
    }
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** Uniform in {@code [low, high]}. */
  public long between(long low, long high) {
    if (high < low) {
      throw new IllegalArgumentException("empty range " + low + ".." + high);
    }
    return low + (long) (unit() * (high - low + 1));
  }

  /** Uniform in {@code [0, 1)}. */
  public double unit() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return probability > 0 && unit() < probability;
  }

  /** Exponentially distributed with this mean, cut off at 20 times the mean so that no sample is absurd. */
  public long exponential(double mean) {
    return (long) Math.min(20 * mean, -mean * StrictMath.log(1.0 - unit()));
  }

  /** One of {@code choices}. */
  @SafeVarargs
  public final <T> T pick(T... choices) {
    return choices[nextInt(choices.length)];
  }
}
