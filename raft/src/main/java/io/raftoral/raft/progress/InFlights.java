package io.raftoral.raft.progress;

/**
 * The appends to one follower that are sent and not answered: a ring of (last index, bytes), bounded by count and by
 * bytes. It grows on demand up to the count.
 */
public final class InFlights {
  private static final int INITIAL_CAPACITY = 8;

  private final int maxMessages;
  private final long maxBytes;
  private long[] lastIndexes = new long[0];
  private long[] sizes = new long[0];
  private int start;
  private int count;
  private long bytes;

  /**
   * Nothing in flight.
   *
   * @param maxBytes 0 for no limit. The message that reaches the limit still goes out
   */
  public InFlights(int maxMessages, long maxBytes) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** An append whose last entry is {@code lastIndex} was sent, which {@link #full()} has allowed. */
  void add(long lastIndex, long messageBytes) {
    if (count == lastIndexes.length) {
      grow();
    }
    int slot = (start + count) % lastIndexes.length;
    lastIndexes[slot] = lastIndex;
    sizes[slot] = messageBytes;
    count++;
    bytes += messageBytes;
  }

  /** Everything up to {@code index} was answered. */
  void freeUpTo(long index) {
    while (count > 0 && lastIndexes[start] <= index) {
      bytes -= sizes[start];
      start = (start + 1) % lastIndexes.length;
      count--;
    }
  }

  /** Forgets everything. */
  void reset() {
    start = 0;
    count = 0;
    bytes = 0;
  }

  /** Whether nothing more may be sent. */
  public boolean full() {
    return count == maxMessages || (maxBytes != 0 && bytes >= maxBytes);
  }

  /** How many messages are unanswered. */
  public int count() {
    return count;
  }

  /** How many bytes of entries are unanswered. */
  public long bytes() {
    return bytes;
  }

  private void grow() {
    int capacity = Math.min(maxMessages, Math.max(INITIAL_CAPACITY, lastIndexes.length * 2));
    long[] newIndexes = new long[capacity];
    long[] newSizes = new long[capacity];
    for (int i = 0; i < count; i++) {
      int slot = (start + i) % lastIndexes.length;
      newIndexes[i] = lastIndexes[slot];
      newSizes[i] = sizes[slot];
    }
    lastIndexes = newIndexes;
    sizes = newSizes;
    start = 0;
  }
}
