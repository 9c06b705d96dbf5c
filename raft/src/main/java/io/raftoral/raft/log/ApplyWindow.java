package io.raftoral.raft.log;

import io.raftoral.raft.message.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What was handed out to be applied and is not acknowledged: bounded in bytes, so that a slow state machine holds back
 * the hand-out and not the log.
 */
final class ApplyWindow {

  private record Range(long lastIndex, long bytes) {}

  private final Deque<Range> ranges = new ArrayDeque<>();
  private final long maxBytes;
  private long applying;
  private long bytes;
  private boolean paused;

  ApplyWindow(long applied, long maxBytes) {
    this.applying = applied;
    this.maxBytes = maxBytes;
  }

  /** The last index that was handed out. */
  long applying() {
    return applying;
  }

  boolean hasRoom() {
    return !paused;
  }

  /** How many bytes may be handed out now. */
  long room() {
    return maxBytes - bytes;
  }

  void handedOut(List<Entry> entries, long appliable) {
    long size = 0;
    for (Entry entry : entries) {
      size += entry.sizeBytes();
    }
    applying = entries.getLast().index();
    bytes += size;
    ranges.addLast(new Range(applying, size));
    // If the hand-out was cut short, wait for an acknowledgement instead of dribbling one entry at a time into what
    // little room is left.
    paused = bytes >= maxBytes || applying < appliable;
  }

  void applied(long index) {
    applying = Math.max(applying, index);
    for (Range range = ranges.peekFirst(); range != null && range.lastIndex <= index; range = ranges.peekFirst()) {
      bytes -= range.bytes;
      ranges.removeFirst();
    }
    paused = bytes >= maxBytes;
  }
}
