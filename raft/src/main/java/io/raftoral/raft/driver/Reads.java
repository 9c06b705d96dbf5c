package io.raftoral.raft.driver;

import io.raftoral.raft.RawNode;
import io.raftoral.raft.ReadState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The linearizable reads of one group: asked of the core in batches, asked again while nobody answers, failed in time.
 *
 * <p>All reads that the loop finds together share one question. That is sound because the core is asked after all of
 * them arrived: the index it confirms covers everything that was acknowledged before any of them began. The reverse, an
 * answer for reads that arrived after the question, is the classical mistake (tikv/tikv#7971) and cannot happen here: a
 * batch takes nobody in once it was asked.
 */
final class Reads {
  private final int timeoutTicks;
  private final int retryTicks;
  private final Quota quota;

  private List<ReadListener> arrived = new ArrayList<>();
  private final Queue<Batch> asked = new ArrayDeque<>();

  /** The newest question. */
  private long context;

  Reads(int timeoutTicks, int retryTicks, Quota quota) {
    this.timeoutTicks = timeoutTicks;
    this.retryTicks = retryTicks;
    this.quota = quota;
  }

  void add(ReadListener listener) {
    arrived.add(listener);
  }

  /** Asks for those that have arrived. */
  void ask(RawNode core, long tick) {
    if (arrived.isEmpty()) {
      return;
    }
    Batch batch = new Batch(arrived, tick + timeoutTicks);
    arrived = new ArrayList<>();
    asked.add(batch);
    long question = ++context;
    batch.asked(core.readIndex(question), question, tick, retryTicks);
  }

  /** The core confirmed a question, and with it every earlier one: what was asked before then began before then. */
  void confirmed(ReadState state) {
    Failures failures = new Failures();
    asked.removeIf(
        batch -> {
          if (batch.context > state.context()) {
            return false;
          }
          quota.release(batch.listeners.size(), 0);
          for (ReadListener listener : batch.listeners) {
            failures.attempt(() -> listener.confirmed(state.index()));
          }
          return true;
        });
    failures.rethrow();
  }

  /** Time passes: what is too old fails, what nobody answered is asked again. */
  void tick(RawNode core, long tick) {
    if (asked.isEmpty()) {
      return;
    }
    Failures failures = new Failures();
    while (!asked.isEmpty() && asked.element().deadline <= tick) {
      fail(asked.remove(), failures);
    }
    failures.rethrow();
    boolean due = false;
    for (Batch batch : asked) {
      due |= batch.retryAt <= tick;
    }
    if (due) {
      // One question for all of them: they all arrived before it.
      long question = ++context;
      boolean taken = core.readIndex(question);
      for (Batch batch : asked) {
        if (batch.retryAt <= tick) {
          batch.asked(taken, question, tick, retryTicks);
        }
      }
    }
  }

  /** Nobody will be answered any more. */
  void failAll() {
    Failures failures = new Failures();
    if (!arrived.isEmpty()) {
      asked.add(new Batch(arrived, 0));
      arrived = new ArrayList<>();
    }
    while (!asked.isEmpty()) {
      fail(asked.remove(), failures);
    }
    failures.rethrow();
  }

  private void fail(Batch batch, Failures failures) {
    quota.release(batch.listeners.size(), 0);
    for (ReadListener listener : batch.listeners) {
      failures.attempt(listener::failed);
    }
  }

  /** Reads that share a question. */
  private static final class Batch {
    static final long NOT_ASKED = Long.MAX_VALUE;

    final List<ReadListener> listeners;
    final long deadline;
    long retryAt;

    /**
     * The first question that was asked for them. An answer to any later one counts too, and the first is kept when
     * it is repeated: where answers take longer than the time to the next repetition, only answers to old questions
     * arrive.
     */
    long context = NOT_ASKED;

    Batch(List<ReadListener> listeners, long deadline) {
      this.listeners = listeners;
      this.deadline = deadline;
    }

    void asked(boolean taken, long question, long tick, int retryTicks) {
      // Without a leader there is nobody to ask; then the next tick tries again.
      context = Math.min(context, question);
      retryAt = taken ? tick + retryTicks : tick + 1;
    }
  }
}
