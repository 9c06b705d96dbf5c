package io.raftoral.raft.driver;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The one door into the loop: a linked list to which any thread appends without a lock and from which the loop takes
 * (the intrusive queue of Dmitry Vyukov, with a tail that can be shut).
 *
 * <p>The inbox itself has no bound: whoever posts a kind of input that others cause without limit holds a {@link Quota}
 * for it first.
 *
 * <p><b>Waking.</b> {@code awake} is true from the moment the host was told until the loop found nothing more to take.
 * Only the thread that turns it true tells the host, so a burst of a thousand inputs costs one wake-up, and inputs that
 * arrive while the loop is busy cost none. The loop turns it false and <em>then</em> looks once more: an input is
 * either seen by that look, or its poster finds {@code awake} false.
 */
final class Inbox {
  private static final Input SHUT = new Input.Head();

  private final AtomicReference<Input> tail;
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Runnable wake;

  /** The last input taken; its successor is the next one. Confined to the loop. */
  private Input head;

  Inbox(Runnable wake) {
    this.wake = wake;
    this.head = new Input.Head();
    this.tail = new AtomicReference<>(head);
  }

  /** Appends an input and sees to it that the loop runs; false if the inbox is shut and the input was not taken. */
  boolean post(Input input) {
    boolean taken = postQuietly(input);
    if (taken) {
      signal();
    }
    return taken;
  }

  /** Appends an input that can wait until the loop runs for another reason, or looks once more before it rests. */
  boolean postQuietly(Input input) {
    Input before;
    do {
      before = tail.get();
      if (before == SHUT) {
        return false;
      }
    } while (!tail.compareAndSet(before, input));
    // Between the line above and the one below the list is interrupted: poll() takes that for the end of the list, and
    // hasMore() does not.
    before.link(input);
    return true;
  }

  /** Takes the next input, null if none can be had right now. */
  @Nullable Input poll() {
    Input next = head.next();
    if (next != null) {
      head.unlink();
      head = next;
    }
    return next;
  }

  /** The loop has something left to do, or somebody has something for it. */
  void signal() {
    if (!awake.get() && awake.compareAndSet(false, true)) {
      wake.run();
    }
  }

  /** The loop ends its turn; it gets another one if inputs are left. */
  void rest() {
    awake.set(false);
    if (hasMore()) {
      signal();
    }
  }

  /** Whether anything was posted that has not been taken. */
  boolean hasMore() {
    Input last = tail.get();
    return last != head && last != SHUT;
  }

  /** Refuses everything from now on; what was posted before can still be taken, all of it. */
  void shut() {
    Input last = tail.getAndSet(SHUT);
    if (last == SHUT) {
      return;
    }
    // Somebody may still be about to link what he appended. He is between two instructions and cannot fail there.
    for (Input at = head; at != last; ) {
      Input next = at.next();
      if (next == null) {
        Thread.onSpinWait();
      } else {
        at = next;
      }
    }
  }
}
