package io.raftoral.raft.driver;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands of one group that the loop took from the inbox in this pump, and their way into the core: as few entries
 * as the limits allow, so that one entry, one append and one fsync serve many.
 *
 * <p>Nothing waits here for company. Batches form by themselves: what arrives while the loop is busy is found together
 * when it looks again. The busier the node, the larger the batches; the first command on an idle node waits for nobody.
 */
final class Proposals {

  /** One call of the core holds entries of about this many {@code maxEntryBytes}, so that a refusal hits no more. */
  private static final int ENTRIES_PER_CALL = 4;

  private final DriverCounters counters;
  private final int maxEntryBytes;
  private final List<Input.Proposal> waiting = new ArrayList<>();

  /**
   * Where the entries of the call under way end, as positions in {@code waiting}; as many count as there are entries.
   */
  private final int[] ends = new int[ENTRIES_PER_CALL];

  private long bytes;

  Proposals(DriverCounters counters, int maxEntryBytes) {
    this.counters = counters;
    this.maxEntryBytes = maxEntryBytes;
  }

  void add(Input.Proposal proposal) {
    waiting.add(proposal);
    bytes += proposal.command.length;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Proposes everything, and gives back the room that it held in the inbox. */
  void propose(RawNode core, Quota quota) {
    quota.release(waiting.size(), bytes);
    bytes = 0;
    int next = 0;
    while (next < waiting.size()) {
      List<byte[]> entries = new ArrayList<>(ENTRIES_PER_CALL);
      int at = next;
      while (entries.size() < ENTRIES_PER_CALL && at < waiting.size()) {
        int end = entryEnd(at);
        ends[entries.size()] = end;
        entries.add(CommandPack.pack(waiting, at, end));
        at = end;
      }
      propose(core, next, entries);
      next = at;
    }
    clear();
  }

  /** Refuses everything, and gives back the room that it held in the inbox. */
  void refuse(ProposalResult.Reason reason, long leader, Quota quota) {
    quota.release(waiting.size(), bytes);
    refuseFrom(0, new ProposalResult.Refused(reason, leader));
  }

  /**
   * Proposes some entries in one call, or one by one if they do not fit together. What comes after the first entry that
   * is refused is refused too, and nothing is left: a caller's commands are not reordered, and hardly ever have gaps.
   */
  private void propose(RawNode core, int from, List<byte[]> entries) {
    ProposalResult together = core.propose(entries);
    switch (together) {
      case ProposalResult.Appended appended -> {
        appended(appended, from, 0, entries.size());
        return;
      }
      case ProposalResult.Refused refused -> {
        if (refused.reason() != ProposalResult.Reason.OVERLOADED || entries.size() == 1) {
          refuseFrom(from, refused);
          return;
        }
      }
      case ProposalResult.Forwarded forwarded ->
          throw new DriverException("the core forwarded a proposal to " + forwarded.leader() + " although it must not");
    }
    int at = from;
    for (int i = 0; i < entries.size(); i++) {
      ProposalResult alone = core.propose(List.of(entries.get(i)));
      if (alone instanceof ProposalResult.Appended appended) {
        appended(appended, at, i, i + 1);
        at = ends[i];
      } else {
        refuseFrom(at, alone instanceof ProposalResult.Refused refused
            ? refused
            : new ProposalResult.Refused(ProposalResult.Reason.NOT_LEADER, Message.NOBODY));
        return;
      }
    }
  }

  /**
   * The entries {@code [firstEntry, endEntry)} of the call were appended; they begin with the command at {@code
   * from}.
   */
  private void appended(ProposalResult.Appended appended, int from, int firstEntry, int endEntry) {
    int count = endEntry - firstEntry;
    if (appended.lastIndex() - appended.firstIndex() + 1 != count) {
      throw new DriverException("the core appended " + appended + " for " + count + " entries");
    }
    counters.entries += count;
    counters.commands += ends[endEntry - 1] - from;
    Failures failures = new Failures();
    long index = appended.firstIndex();
    int at = from;
    for (int entry = firstEntry; entry < endEntry; entry++) {
      while (at < ends[entry]) {
        try {
          waiting.get(at++).listener.appended(appended.term(), index);
        } catch (RuntimeException | Error e) {
          failures.add(e);
        }
      }
      index++;
    }
    if (failures.any()) {
      // What was told must not be told again, what was not must still be refused: the driver stops now.
      waiting.subList(0, at).clear();
      failures.rethrow();
    }
  }

  private void refuseFrom(int from, ProposalResult.Refused refused) {
    counters.refusedProposals += waiting.size() - from;
    Failures failures = new Failures();
    for (int i = from; i < waiting.size(); i++) {
      try {
        waiting.get(i).listener.refused(refused.reason(), refused.leader());
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
    }
    clear();
    failures.rethrow();
  }

  /** Where the entry ends that starts with the command at {@code from}. */
  private int entryEnd(int from) {
    int end = from + 1;
    long size = CommandPack.packedBytes(waiting.get(from).command.length);
    while (end < waiting.size() && end - from < CommandPack.MAX_COMMANDS) {
      size += CommandPack.packedBytes(waiting.get(end).command.length);
      if (size > maxEntryBytes) {
        break;
      }
      end++;
    }
    return end;
  }

  private void clear() {
    waiting.clear();
    bytes = 0;
  }
}
