package io.raftoral.transport.testing;

/**
 * What a {@link FaultProxy} does to the bytes of one direction.
 *
 * @param delayMs each chunk arrives so much later; the order is kept
 * @param jitterMs a further delay, at random up to this
 * @param bytesPerSecond the most that passes, 0 for no limit
 * @param swallow bytes are read and thrown away: the sender sees a healthy connection, the receiver silence
 */
public record Faults(int delayMs, int jitterMs, long bytesPerSecond, boolean swallow) {
  /** Everything passes at once. */
  public static final Faults NONE = new Faults(0, 0, 0, false);

  /** Nothing passes and nobody is told: with both directions so, the connection is half open. */
  public static final Faults SWALLOW = new Faults(0, 0, 0, true);

  /** Everything comes later. */
  public static Faults delay(int delayMs, int jitterMs) {
    return new Faults(delayMs, jitterMs, 0, false);
  }

  /** A slow line. */
  public static Faults rate(long bytesPerSecond) {
    return new Faults(0, 0, bytesPerSecond, false);
  }
}
