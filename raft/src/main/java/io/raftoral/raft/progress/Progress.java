package io.raftoral.raft.progress;

import io.raftoral.raft.RaftInvariantViolation;

/**
 * How far one member's log has come, as its leader sees it, and how eagerly to send.
 *
 * <pre>
 *                   answered               snapshot needed
 *        PROBE ───────────────▶ REPLICATE ─────────────────▶ SNAPSHOT
 *          ▲   ◀──────────────                                  │
 *          │    rejected, lost                                  │
 *          └────────────────────────────────────────────────────┘
 *                        delivered, failed
 * </pre>
 *
 * <p>Invariant: {@code match < next}. Everything up to {@code match} is known to be in the member's durable log;
 * {@code next} is what is sent next. In PROBE one message at a time looks for the point where the logs agree. In
 * REPLICATE {@code next} runs ahead of the answers, within the window of {@link InFlights}. In SNAPSHOT nothing is
 * sent.
 */
public final class Progress {

  /** How the leader replicates to the member. */
  public enum State {
    PROBE,
    REPLICATE,
    SNAPSHOT
  }

  private final InFlights inFlights;
  private final RaftInvariantViolation.Place place;
  private State state = State.PROBE;
  private long match;
  private long next;
  private long sentCommit;
  private long pendingSnapshot;
  private boolean recentlyActive;
  private boolean paused;
  private long confirmedRound;

  /**
   * A member of which only a guess is known: that it might hold everything before {@code next}.
   *
   * @param inFlights the window of its unanswered appends
   * @param place names the leader and its term if flow control turns out to be broken
   */
  public Progress(long next, InFlights inFlights, RaftInvariantViolation.Place place) {
    if (next < 1) {
      throw place.violated(next, "flow control: what is sent next must be at least 1");
    }
    this.next = next;
    this.inFlights = inFlights;
    this.place = place;
  }

  /** Looks for the point where the logs agree, beginning after what is known to match. */
  public void becomeProbe() {
    // A snapshot that was delivered moves next past it, one that failed has cleared pendingSnapshot before.
    long from = state == State.SNAPSHOT ? Math.max(match, pendingSnapshot) : match;
    enter(State.PROBE);
    next = from + 1;
    sentCommit = Math.min(sentCommit, next - 1);
  }

  /** The logs agree up to {@code match}: stream what follows. */
  public void becomeReplicate() {
    enter(State.REPLICATE);
    next = match + 1;
  }

  /** A snapshot up to {@code index} was sent; wait for it. */
  public void becomeSnapshot(long index) {
    enter(State.SNAPSHOT);
    pendingSnapshot = index;
    next = index + 1;
    sentCommit = index;
  }

  /** The snapshot under way got lost. */
  public void snapshotFailed() {
    pendingSnapshot = 0;
  }

  private void enter(State newState) {
    state = newState;
    paused = false;
    pendingSnapshot = 0;
    inFlights.reset();
  }

  /** An append was sent that carried so many entries and bytes. */
  public void sentEntries(int entries, long bytes) {
    switch (state) {
      case REPLICATE -> {
        if (entries > 0) {
          if (inFlights.full()) {
            throw place.violated(next, "flow control: an append was sent although the window is full");
          }
          next += entries;
          inFlights.add(next - 1, bytes);
        }
        // A full window is left only by an answer; an empty append after each heartbeat's answer provokes one.
        paused = inFlights.full();
      }
      case PROBE -> {
        if (entries > 0) {
          paused = true;
        }
      }
      case SNAPSHOT -> throw place.violated(next, "flow control: an append was sent while a snapshot is under way");
    }
  }

  /** The member was told this commit index. */
  public void sentCommit(long commit) {
    sentCommit = commit;
  }

  /** Whether telling the member that {@code commit} is committed would tell it something new. */
  public boolean canBumpCommit(long commit) {
    // Telling it of entries that it has not been sent is useless: it commits no further than its log.
    return commit > sentCommit && sentCommit < next - 1;
  }

  /** The member holds everything up to {@code index}; returns whether that is news. */
  public boolean maybeUpdate(long index) {
    if (index <= match) {
      return false;
    }
    match = index;
    next = Math.max(next, index + 1);
    paused = false;
    return true;
  }

  /**
   * The member refused an append.
   *
   * @param rejected the index before the refused entries
   * @param hint the highest index at which the logs may agree
   * @return false if the answer is an old one and says nothing
   */
  public boolean maybeDecrease(long rejected, long hint) {
    if (state == State.REPLICATE) {
      if (rejected <= match) {
        return false;
      }
      next = match + 1;
      sentCommit = Math.min(sentCommit, next - 1);
      return true;
    }
    // While probing one append is under way at a time, the one that begins at next: any other answer is an old one.
    if (next - 1 != rejected) {
      return false;
    }
    next = Math.max(Math.min(rejected, hint + 1), match + 1);
    sentCommit = Math.min(sentCommit, next - 1);
    paused = false;
    return true;
  }

  /** The member answered up to {@code index} while replicating: the window opens that far. */
  public void free(long index) {
    inFlights.freeUpTo(index);
  }

  /** Whether flow control holds appends back. */
  public boolean isPaused() {
    return paused || state == State.SNAPSHOT;
  }

  /** Hold appends back until the member is heard of. */
  public void pause() {
    paused = true;
  }

  /** The member is alive: one more append may be tried. */
  public void resume() {
    paused = false;
  }

  /** The member answered a heartbeat of round {@code round}. Rounds never go back. */
  public void confirmRound(long round) {
    confirmedRound = Math.max(confirmedRound, round);
  }

  /** Whether the member was heard of since this was last cleared. */
  public void recentlyActive(boolean active) {
    recentlyActive = active;
  }

  public State state() {
    return state;
  }

  /** The highest index that the member is known to hold durably. */
  public long match() {
    return match;
  }

  /** The index of the next entry to be sent. */
  public long next() {
    return next;
  }

  /** The index of the snapshot under way, 0 if none. */
  public long pendingSnapshot() {
    return pendingSnapshot;
  }

  /** The last round of heartbeats that the member answered. */
  public long confirmedRound() {
    return confirmedRound;
  }

  /** Whether the member was heard of since check-quorum looked last. */
  public boolean recentlyActive() {
    return recentlyActive;
  }

  /** What is unanswered. */
  public InFlights inFlights() {
    return inFlights;
  }
}
