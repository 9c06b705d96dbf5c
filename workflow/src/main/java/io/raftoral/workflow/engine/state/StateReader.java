package io.raftoral.workflow.engine.state;

import io.raftoral.storage.StateStore;
import io.raftoral.proto.v1.WorkflowProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads of applied state. Any thread. */
public final class StateReader {
  /** How much of a journal is read at a time: entries are as large as payloads may be. */
  static final int MAX_READ_BYTES = 1 << 20;

  private final KeyLayout keys;
  private final StateStore store;

  /** Reads of one group's state. */
  public StateReader(KeyLayout keys, StateStore store) {
    this.keys = keys;
    this.store = store;
  }

  /** A run's value for a name: where it was assigned first, and what it holds. */
  private record Variable(String name, Branch branch, long first, long last) {}

  /** The run of an id, or null. */
  public @Nullable RunInfo info(String workflowId) {
    return info(keys, store, workflowId);
  }

  /** Where a run stands. */
  public RunHead head(RunInfo info) {
    return head(keys, store, info.slot(), info.run());
  }

  /** Where a branch stands; empty if it was not forked yet. */
  public BranchHead branch(RunInfo info, Branch branch) {
    if (branch.equals(Branch.MAIN)) {
      return head(info).main();
    }
    byte @Nullable [] stored = store.get(keys.branch(info.slot(), info.run(), branch));
    return stored == null ? BranchHead.EMPTY : Stored.branchHead(stored);
  }

  /**
   * Entries of a branch from {@code from} on and before {@code to}, at most {@code limit} of them, and none
   * after about {@value #MAX_READ_BYTES} bytes; at least one, if there is one.
   */
  public List<JournalEntry> journal(RunInfo info, Branch branch, long from, long to, int limit) {
    List<JournalEntry> entries = new ArrayList<>();
    store.scan(
        keys.journal(info.slot(), info.run(), branch, from),
        keys.journal(info.slot(), info.run(), branch, to),
        collect(entries, limit));
    return entries;
  }

  /** The newest entries of the main branch before {@code to}, oldest first, within the same bounds. */
  public List<JournalEntry> newest(RunInfo info, long to, int limit) {
    List<JournalEntry> entries = new ArrayList<>();
    store.scanBackwards(
        keys.journal(info.slot(), info.run(), Branch.MAIN, 0),
        keys.journal(info.slot(), info.run(), Branch.MAIN, to),
        collect(entries, limit));
    Collections.reverse(entries);
    return entries;
  }

  /** A filled position of any branch. */
  public record Filled(Branch branch, JournalEntry entry) {}

  /**
   * Part of a journal.
   *
   * @param next where it goes on, empty if it ends here; not to be changed
   */
  public record JournalPage(List<Filled> entries, byte[] next) {}

  /**
   * Entries of all branches from a place on, branch by branch, at most {@code limit} of them, and none after about
   * {@value #MAX_READ_BYTES} bytes.
   *
   * @param place what another page said, or empty for the beginning
   */
  public JournalPage journalPage(RunInfo info, byte[] place, int limit) {
    List<Filled> entries = new ArrayList<>();
    byte[][] next = {new byte[0]};
    long[] bytes = {0};
    store.scan(
        keys.journalAt(info.slot(), info.run(), place),
        keys.journalTo(info.slot(), info.run()),
        (key, value) -> {
          if (entries.size() == limit || bytes[0] >= MAX_READ_BYTES) {
            next[0] = KeyLayout.journalPlace(key);
            return false;
          }
          entries.add(
              new Filled(
                  KeyLayout.journalBranch(key), Stored.journal(KeyLayout.journalPosition(key), value)));
          bytes[0] += value.length;
          return true;
        });
    return new JournalPage(entries, next[0]);
  }

  private static StateStore.Visitor collect(List<JournalEntry> entries, int limit) {
    long[] bytes = {0};
    return (key, value) -> {
      entries.add(Stored.journal(KeyLayout.journalPosition(key), value));
      bytes[0] += value.length;
      return entries.size() < limit && bytes[0] < MAX_READ_BYTES;
    };
  }

  /** The result of a run that has ended: its last outcome. */
  public Result result(RunInfo info, RunHead head) {
    long last = head.main().next() - 1;
    List<JournalEntry> entries = journal(info, Branch.MAIN, last, last + 1, 1);
    if (entries.isEmpty() || !(entries.getFirst().outcome() instanceof Outcome.Ended ended)) {
      throw new IllegalStateException("the journal of " + info + " does not end at position " + last);
    }
    return ended.result();
  }

  /**
   * The variables of a run, in the order of their first assignment, as JSON; as they were before position {@code to}.
   */
  public Map<String, byte[]> variables(RunInfo info) {
    List<Variable> found = new ArrayList<>();
    store.scan(
        keys.variablesFrom(info.slot(), info.run()),
        keys.variablesTo(info.slot(), info.run()),
        (key, value) -> {
          WorkflowProto.VariableRef ref = Stored.variable(value);
          found.add(
              new Variable(
                  KeyLayout.variableName(key),
                  Branch.decode(ref.getBranch().toByteArray()),
                  ref.getFirst(),
                  ref.getLast()));
          return true;
        });
    found.sort(Comparator.comparingLong(Variable::first));
    Map<String, byte[]> variables = new LinkedHashMap<>();
    for (Variable variable : found) {
      List<JournalEntry> entries = journal(info, variable.branch(), variable.last(), variable.last() + 1, 1);
      if (!entries.isEmpty()
          && entries.getFirst().outcome() instanceof Outcome.Assigned assigned
          && assigned.result() instanceof Result.Value value) {
        variables.put(variable.name(), value.json());
      }
    }
    return variables;
  }

  /** The first signal in a run's inbox that {@code wanted} takes, null if there is none. */
  public @Nullable InboxEntry signal(RunInfo info, Predicate<InboxEntry> wanted) {
    InboxEntry[] found = new InboxEntry[1];
    store.scan(
        keys.inbox(info.slot(), info.run(), 0),
        keys.inboxTo(info.slot(), info.run()),
        (key, value) -> {
          InboxEntry entry = Stored.inbox(KeyLayout.inboxSequence(key), value);
          if (wanted.test(entry)) {
            found[0] = entry;
          }
          return found[0] == null;
        });
    return found[0];
  }

  /**
   * What is known of a request to a run.
   *
   * @param known whether it was applied
   * @param answer of an update, null as long as it has none
   */
  public record Request(boolean known, @Nullable Result answer) {}

  /** What is known of a request to a run, or to the one that it continues. */
  public Request request(RunInfo info, String requestId) {
    byte @Nullable [] stored = store.get(keys.request(info.slot(), info.run(), requestId));
    byte @Nullable [] earlier =
        info.origin().previous() == RunInfo.Origin.NOBODY
            ? null
            : store.get(keys.request(info.slot(), info.origin().previous(), requestId));
    Result answer = stored == null ? null : Stored.answer(stored);
    if (answer == null && earlier != null) {
      answer = Stored.answer(earlier);
    }
    return new Request(stored != null || earlier != null, answer);
  }

  /** A run by its number; null if it is not there. */
  public @Nullable RunInfo run(int slot, long run) {
    byte @Nullable [] stored = store.get(keys.info(slot, run));
    return stored == null ? null : Stored.info(run, stored);
  }

  /** The open runs that are awake, in the order of slots and numbers, with where they stand. */
  public Map<RunInfo, RunHead> awake() {
    Map<RunInfo, RunHead> awake = new LinkedHashMap<>();
    for (int slot = 0; slot < KeyLayout.SLOTS; slot++) {
      List<Long> runs = new ArrayList<>();
      store.scan(
          keys.openFrom(slot),
          keys.openTo(slot),
          (key, value) -> {
            runs.add(KeyLayout.openRun(key));
            return true;
          });
      for (long run : runs) {
        RunInfo info = Stored.info(run, present(store, keys.info(slot, run)));
        awake.put(info, head(info));
      }
    }
    return awake;
  }

  /**
   * A run that sleeps.
   *
   * @param wakeMs when it is to be woken
   */
  public record Sleeping(int slot, long run, long wakeMs) {}

  /** Some runs that were over before {@code beforeMs}: all of them, or {@code limit}. */
  public List<Command.Ref> endedBefore(long beforeMs, int limit) {
    List<Command.Ref> runs = new ArrayList<>();
    for (int slot = 0; slot < KeyLayout.SLOTS && runs.size() < limit; slot++) {
      int of = slot;
      store.scan(
          keys.endedFrom(slot),
          keys.endedBefore(slot, beforeMs),
          (key, value) -> {
            runs.add(new Command.Ref(KeyLayout.endedRun(key), of));
            return runs.size() < limit;
          });
    }
    return runs;
  }

  /** Some runs that sleep and are to be woken before {@code beforeMs}: all of them, or {@code limit}. */
  public List<Sleeping> asleep(long beforeMs, int limit) {
    List<Sleeping> due = new ArrayList<>();
    for (int slot = 0; slot < KeyLayout.SLOTS && due.size() < limit; slot++) {
      int of = slot;
      store.scan(
          keys.asleepFrom(slot),
          keys.asleepBefore(slot, beforeMs),
          (key, value) -> {
            due.add(new Sleeping(of, KeyLayout.asleepRun(key), KeyLayout.asleepWakeMs(key)));
            return due.size() < limit;
          });
    }
    return due;
  }

  /** When the first of the runs that sleep is to be woken, {@link RunHead#NEVER} if none is. */
  public long nextWakeMs() {
    long[] next = {RunHead.NEVER};
    for (int slot = 0; slot < KeyLayout.SLOTS; slot++) {
      store.scan(
          keys.asleepFrom(slot),
          keys.asleepTo(slot),
          (key, value) -> {
            next[0] = Math.min(next[0], KeyLayout.asleepWakeMs(key));
            return false;
          });
    }
    return next[0];
  }

  /** Sees runs one after the other. */
  @FunctionalInterface
  public interface RunVisitor {
    /** Returns whether to go on. */
    boolean visit(RunInfo info, RunHead head);
  }

  /**
   * Walks over runs in the order of their keys.
   *
   * @param fromSlot where to begin
   * @param fromRun the first run of that slot to look at
   */
  public void runs(int fromSlot, long fromRun, RunVisitor visitor) {
    long next = fromRun;
    for (int slot = fromSlot; slot < KeyLayout.SLOTS; slot++) {
      while (next >= 0) {
        Row row = row(slot, next);
        if (row == null) {
          break;
        }
        if (!visitor.visit(row.info(), row.head())) {
          return;
        }
        next = row.info().run() + 1;
      }
      next = 0;
    }
  }

  private record Row(RunInfo info, RunHead head) {}

  private @Nullable Row row(int slot, long from) {
    byte[][] values = new byte[2][];
    long[] run = {-1};
    store.scan(
        keys.runsFrom(slot, from),
        keys.runsTo(slot),
        (key, value) -> {
          if (run[0] == -1) {
            run[0] = KeyLayout.runNumber(key);
            values[0] = value;
            return true;
          }
          values[1] = value;
          return false;
        });
    return run[0] == -1 ? null : new Row(Stored.info(run[0], values[0]), RunHead.decode(values[1]));
  }

  static @Nullable RunInfo info(KeyLayout keys, StateStore store, String workflowId) {
    byte @Nullable [] number = store.get(keys.id(workflowId));
    if (number == null) {
      return null;
    }
    long run = ByteBuffer.wrap(number).getLong();
    return Stored.info(run, present(store, keys.info(KeyLayout.slot(workflowId), run)));
  }

  /** A run that is there. */
  static RunInfo info(KeyLayout keys, StateStore store, int slot, long run) {
    return Stored.info(run, present(store, keys.info(slot, run)));
  }

  /** Where a run stands, null if there is none. */
  static @Nullable RunHead headOrNull(KeyLayout keys, StateStore store, int slot, long run) {
    byte @Nullable [] stored = store.get(keys.head(slot, run));
    return stored == null ? null : RunHead.decode(stored);
  }

  static byte[] number(long run) {
    return ByteBuffer.allocate(Long.BYTES).putLong(run).array();
  }

  /** A run that has not ended, null if it has or never was. */
  static @Nullable OpenRun openRun(KeyLayout keys, StateStore store, int slot, long run) {
    byte @Nullable [] stored = store.get(keys.head(slot, run));
    RunHead head = stored == null ? null : RunHead.decode(stored);
    if (head == null || head.status().ended()) {
      return null;
    }
    RunInfo info = Stored.info(run, present(store, keys.info(slot, run)));
    Map<String, Long> firstAssigned = new HashMap<>();
    store.scan(
        keys.variablesFrom(slot, run),
        keys.variablesTo(slot, run),
        (key, value) -> {
          firstAssigned.put(KeyLayout.variableName(key), Stored.variable(value).getFirst());
          return true;
        });
    Map<Branch, BranchHead> branches = new TreeMap<>();
    store.scan(
        keys.branchesFrom(slot, run),
        keys.branchesTo(slot, run),
        (key, value) -> {
          branches.put(KeyLayout.branch(key), Stored.branchHead(value));
          return true;
        });
    return new OpenRun(info, head, branches, firstAssigned);
  }

  private static RunHead head(KeyLayout keys, StateStore store, int slot, long run) {
    return RunHead.decode(present(store, keys.head(slot, run)));
  }

  private static byte[] present(StateStore store, byte[] key) {
    byte @Nullable [] value = store.get(key);
    if (value == null) {
      throw new IllegalStateException(
          "the state store lacks a key that others refer to: " + HexFormat.of().formatHex(key));
    }
    return value;
  }
}
