package io.raftoral.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process has used since it started; two of them make a difference.
 *
 * @param nanos on a clock that only counts
 * @param cpuNanos processor time of all threads, in user and system mode
 * @param allocatedBytes on the heap, by all threads
 * @param gcMillis spent in collections of garbage
 */
public record Usage(long nanos, long cpuNanos, long allocatedBytes, long gcMillis) {

  /** As of now. */
  public static Usage now() {
    long cpu = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    long bytes = ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    long gc = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      gc += Math.max(0, collector.getCollectionTime());
    }
    return new Usage(System.nanoTime(), cpu, bytes, gc);
  }

  /** What was used between {@code earlier} and this. */
  public Usage since(Usage earlier) {
    return new Usage(
        nanos - earlier.nanos,
        cpuNanos - earlier.cpuNanos,
        allocatedBytes - earlier.allocatedBytes,
        gcMillis - earlier.gcMillis);
  }

  /** In seconds. */
  public double seconds() {
    return nanos / 1e9;
  }

  /** How many cores were busy for this process, on average. */
  public double cores() {
    return nanos == 0 ? 0 : (double) cpuNanos / nanos;
  }

  /** Microseconds of processor time for each of {@code operations}. */
  public double cpuMicrosEach(long operations) {
    return operations == 0 ? 0 : cpuNanos / 1e3 / operations;
  }

  /** Bytes of heap allocated for each of {@code operations}. */
  public double bytesEach(long operations) {
    return operations == 0 ? 0 : (double) allocatedBytes / operations;
  }
}
