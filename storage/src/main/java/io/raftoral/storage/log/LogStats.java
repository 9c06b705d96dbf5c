package io.raftoral.storage.log;

import java.util.Arrays;

/**
 * What a log store has done since it was opened.
 *
 * @param calls calls of {@code write} that were completed
 * @param batches batches written; each holds everything that was waiting
 * @param syncs batches that were synced
 * @param entries log entries written
 * @param bytes size of all batches
 * @param waiting calls that wait to be written
 * @param batchCalls how many calls shared a batch
 * @param syncMicros how long syncs took
 */
public record LogStats(
    long calls,
    long batches,
    long syncs,
    long entries,
    long bytes,
    int waiting,
    Histogram batchCalls,
    Histogram syncMicros) {

  /**
   * Counts by power of two.
   *
   * @param counts element 0 counts zeros, element i the values from {@code 2^(i-1)} to {@code 2^i - 1}
   */
  public record Histogram(long[] counts) {
    /** All values together. */
    public long total() {
      return Arrays.stream(counts).sum();
    }

    /**
     * An upper bound of the value below which the given part of all values lies; at most twice the value itself.
     *
     * @param part from 0 to 1
     */
    public long quantile(double part) {
      long rank = (long) Math.ceil(part * total());
      long seen = 0;
      for (int i = 0; i < counts.length; i++) {
        seen += counts[i];
        if (seen >= rank) {
          return i == 0 ? 0 : (1L << i) - 1;
        }
      }
      return Long.MAX_VALUE;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Histogram that && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
      return Arrays.toString(counts);
    }
  }
}
