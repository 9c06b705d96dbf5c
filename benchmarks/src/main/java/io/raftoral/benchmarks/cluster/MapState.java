package io.raftoral.benchmarks.cluster;

/** Where a replicated map is kept on one node. Used by the thread that applies, {@link #durableIndex} by any. */
interface MapState extends AutoCloseable {
  /** Remembers a command, {@code key:4 number:8 value…}, which is not changed any more. */
  void assign(int key, byte[] command);

  /** Everything up to {@code index} was assigned; {@code bytes} of it since the last call. */
  void applied(long index, long bytes);

  /** Up to where the map would survive a power cut. */
  long durableIndex();

  @Override
  void close();
}
