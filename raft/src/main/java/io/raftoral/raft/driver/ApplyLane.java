package io.raftoral.raft.driver;

import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The way of one group's committed entries, role changes and snapshots to its state machine: one order, handed to the
 * host in bounded steps.
 *
 * <p>At most {@link #MAX_OUTSTANDING} steps are with the host, so that one runs while the next is at hand. Everything
 * else waits here, where entries of several Readys still merge into one batch. What waits is bounded: entries by the
 * core, which hands out no more than twice {@link DriverLimits#maxApplyLagBytes()} before it is told that they were
 * applied; role changes by {@link #MAX_ROLE_CHANGES}; of snapshots there is one of each kind.
 *
 * <p>Confined to the loop, except for {@link #run}.
 */
final class ApplyLane {
  private static final int MAX_OUTSTANDING = 2;

  /** A state machine that stands still while the leader changes this often will not move again. */
  private static final int MAX_ROLE_CHANGES = 4096;

  private final GroupLoop group;
  private final StateMachine machine;
  private final RaftDriver driver;
  private final long maxBatchBytes;

  private final Deque<Step> waiting = new ArrayDeque<>();

  /** What the membership entries among the waiting ones led to; the core has taken them already. */
  private final Queue<Committed.Configuration> configurations = new ArrayDeque<>();

  private int outstanding;
  private int roleChanges;
  private long lagBytes;

  /**
   * The loop wants to hear at once that a step is done, because more is to follow. Otherwise nothing depends on it, and
   * waking the loop for every batch that was applied would cost an idle node a good part of what a command costs. The
   * loop writes this before it looks into the inbox for the last time, and the apply thread reads it after it has
   * posted, so one of them notices.
   */
  private volatile boolean eager;

  /** A step threw; those after it must not run. */
  private volatile boolean broken;

  ApplyLane(GroupLoop group, StateMachine machine, RaftDriver driver, long maxBatchBytes) {
    this.group = group;
    this.machine = machine;
    this.driver = driver;
    this.maxBatchBytes = maxBatchBytes;
  }

  /** Committed entries which were handed in and are not applied yet, in bytes. */
  long lagBytes() {
    return lagBytes;
  }

  boolean isIdle() {
    return outstanding == 0 && waiting.isEmpty();
  }

  /** The configuration that a membership entry among the next entries leads to. */
  void configuration(Committed.Configuration configuration) {
    configurations.add(configuration);
  }

  /** Committed entries, following on those before. */
  void entries(List<Entry> entries) {
    Entries step = new Entries(entries);
    lagBytes += step.bytes;
    waiting.add(step);
    submit();
  }

  void roleChanged(RoleChange change) {
    if (++roleChanges > MAX_ROLE_CHANGES) {
      throw new DriverException(
          "group " + group.id() + ": the state machine has done nothing while its role changed " + MAX_ROLE_CHANGES
              + " times; it hangs");
    }
    waiting.add(new Role(change));
    submit();
  }

  /** Installs a snapshot; answered by {@link Input.StepDone}. */
  void restore(SnapshotMetadata metadata, SnapshotStaging staging) {
    waiting.add(new Restore(metadata, staging));
    submit();
  }

  /** Opens a view of the state; answered by {@link Input.StepDone}. */
  void view() {
    waiting.add(new View());
    submit();
  }

  /** A step is done; the next one may go. */
  void done(Step step) {
    outstanding--;
    if (step instanceof Entries entries) {
      lagBytes -= entries.bytes;
    } else if (step instanceof Role) {
      roleChanges--;
    }
    submit();
  }

  private void submit() {
    while (outstanding < MAX_OUTSTANDING && !waiting.isEmpty()) {
      Step step = waiting.peek() instanceof Entries ? nextBatch() : waiting.remove();
      outstanding++;
      driver.runApply(group.id(), () -> run(step));
    }
    boolean more = !waiting.isEmpty() || lagBytes > maxBatchBytes;
    if (eager != more) {
      eager = more;
    }
  }

  /** Entries from the head of the queue, as many as one batch may hold. */
  private Entries nextBatch() {
    Entries first = (Entries) waiting.remove();
    if (first.bytes > maxBatchBytes && first.entries.size() > 1) {
      int fits = 1;
      long bytes = first.entries.getFirst().sizeBytes();
      while (bytes + first.entries.get(fits).sizeBytes() <= maxBatchBytes) {
        bytes += first.entries.get(fits++).sizeBytes();
      }
      waiting.addFirst(new Entries(first.entries.subList(fits, first.entries.size())));
      return withConfigurations(new Entries(first.entries.subList(0, fits)));
    }
    if (!(waiting.peek() instanceof Entries second) || first.bytes + second.bytes > maxBatchBytes) {
      return withConfigurations(first);
    }
    List<Entry> merged = new ArrayList<>(first.entries);
    long bytes = first.bytes;
    while (waiting.peek() instanceof Entries more && bytes + more.bytes <= maxBatchBytes) {
      merged.addAll(more.entries);
      bytes += more.bytes;
      waiting.remove();
    }
    return withConfigurations(new Entries(merged));
  }

  private Entries withConfigurations(Entries batch) {
    long last = batch.entries.getLast().index();
    Committed.Configuration next = configurations.peek();
    if (next != null && next.index() <= last) {
      batch.configurations = new ArrayDeque<>();
      while (next != null && next.index() <= last) {
        batch.configurations.add(configurations.remove());
        next = configurations.peek();
      }
    }
    batch.asksDurable = group.wantsDurableIndex();
    return batch;
  }

  /** Runs a step on the state machine, off the loop, and tells the loop. */
  private void run(Step step) {
    if (broken || driver.isHalted()) {
      return;
    }
    try {
      Input.StepDone done = perform(step);
      driver.postQuietly(done);
      if (eager || step instanceof Restore || step instanceof View) {
        driver.wake();
      }
    } catch (Throwable failure) {
      broken = true;
      driver.post(
          new Input.StepFailed(
              new DriverException(
                  "group " + group.id() + ": the state machine failed at " + step + ": " + failure, failure)));
    }
  }

  private Input.StepDone perform(Step step) {
    SnapshotView view = null;
    long durableIndex = -1;
    switch (step) {
      case Entries batch -> {
        machine.apply(batch.committed());
        if (batch.asksDurable) {
          durableIndex = machine.durableIndex();
        }
      }
      case Role role -> machine.roleChanged(role.change);
      case Restore restore -> machine.restore(restore.staging);
      case View _ -> view = machine.view();
    }
    return new Input.StepDone(group, step, view, durableIndex);
  }

  /** One thing that the state machine does. */
  sealed interface Step {}

  /** Applies a batch. */
  static final class Entries implements Step {
    private final List<Entry> entries;
    private final long bytes;
    private @Nullable Queue<Committed.Configuration> configurations;
    private boolean asksDurable;

    Entries(List<Entry> entries) {
      this.entries = entries;
      long sum = 0;
      for (Entry entry : entries) {
        sum += entry.sizeBytes();
      }
      this.bytes = sum;
    }

    long lastIndex() {
      return entries.getLast().index();
    }

    int count() {
      return entries.size();
    }

    long bytes() {
      return bytes;
    }

    /** Unpacks the commands; done here, on the apply thread, to spare the loop. */
    private List<Committed> committed() {
      List<Committed> batch = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        batch.add(
            switch (entry) {
              case Entry.Normal normal -> commands(normal);
              case Entry.Membership membership -> configuration(membership);
            });
      }
      return batch;
    }

    private static Committed commands(Entry.Normal entry) {
      try {
        return new Committed.Commands(entry.index(), entry.term(), CommandPack.unpack(entry.data()));
      } catch (IllegalArgumentException e) {
        throw new DriverException("index " + entry.index() + " of term " + entry.term() + ": " + e.getMessage(), e);
      }
    }

    private Committed configuration(Entry.Membership entry) {
      Committed.Configuration next = configurations == null ? null : configurations.poll();
      if (next == null || next.index() != entry.index()) {
        throw new DriverException("no configuration is known for the membership change at index " + entry.index());
      }
      return next;
    }

    @Override
    public String toString() {
      return "entries " + entries.getFirst().index() + " to " + lastIndex();
    }
  }

  /** Tells of the node's role. */
  record Role(RoleChange change) implements Step {}

  /** Replaces the state. */
  record Restore(SnapshotMetadata metadata, SnapshotStaging staging) implements Step {
    @Override
    public String toString() {
      return "the installation of the snapshot at index " + metadata.index();
    }
  }

  /** Opens a view of the state. */
  record View() implements Step {
    @Override
    public String toString() {
      return "opening a view of the state for a snapshot";
    }
  }
}
