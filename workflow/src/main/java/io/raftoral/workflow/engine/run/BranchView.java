package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.engine.state.BranchHead;
import io.raftoral.workflow.engine.state.JournalEntry;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;

/**
 * What was applied of one branch's journal: where it ends, and its newest entries for a thread that is not far behind.
 * Guarded by the run's lock.
 */
final class BranchView {
  /** How many applied entries are kept for a thread that is behind; past it, the thread reads the store. */
  static final int MAX_TAIL = 1024;

  /** Likewise, in bytes: entries are as large as payloads may be. */
  static final int MAX_TAIL_BYTES = 256 << 10;

  private BranchHead head;

  /** The newest applied entries, up to the one before {@code head.next()}; the present thread has not taken them yet. */
  private final ArrayDeque<JournalEntry> tail = new ArrayDeque<>();

  private long tailBytes;

  BranchView(BranchHead head) {
    this.head = head;
  }

  BranchHead head() {
    return head;
  }

  /**
   * Where the branch stands now. A view that was read from the store may be ahead of what the apply thread has told so
   * far, and never goes back.
   */
  void head(BranchHead newHead) {
    if (newHead.next() >= head.next()) {
      head = newHead;
    }
  }

  /** Another state took the place of the one before. */
  void replaced(BranchHead newHead) {
    head = newHead;
    clear();
  }

  /** Keeps entries for the thread, if they are not too many. */
  void publish(List<JournalEntry> entries) {
    long bytes = tailBytes;
    for (JournalEntry entry : entries) {
      bytes += entry.bytes();
    }
    if (tail.size() + entries.size() > MAX_TAIL || bytes > MAX_TAIL_BYTES) {
      clear();
    } else {
      tail.addAll(entries);
      tailBytes = bytes;
    }
  }

  /** Moves entries from {@code position} on to {@code into}; returns false if they have to be read from the store. */
  boolean take(long position, Collection<JournalEntry> into) {
    boolean complete = !tail.isEmpty() && tail.getFirst().position() <= position;
    if (complete) {
      for (JournalEntry entry : tail) {
        if (entry.position() >= position) {
          into.add(entry);
        }
      }
    }
    clear();
    return complete;
  }

  void clear() {
    tail.clear();
    tailBytes = 0;
  }
}
