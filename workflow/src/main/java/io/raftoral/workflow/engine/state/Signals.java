package io.raftoral.workflow.engine.state;

import com.google.protobuf.ByteString;
import io.raftoral.workflow.RunStatus;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What comes to a run from outside: signals, updates, requests to end. A request is applied once, however often it is
 * sent: its id is remembered with the run, and looked up with the run that this one continues.
 */
final class Signals {
  /** How many signals may wait in one run's inbox. Part of the state machine: it is the same on every node. */
  static final int MAX_PENDING = 10_000;

  private final StateWriter writer;

  Signals(StateWriter writer) {
    this.writer = writer;
  }

  void signal(Command.Signal s, List<Applied> events) {
    RunInfo info = writer.newest(s.workflowId());
    OpenRun run = info == null ? null : writer.open(info.slot(), info.run());
    Applied.Reception reception;
    if (info == null) {
      reception = Applied.Reception.NO_RUN;
    } else if (writer.knows(info, s.requestId())) {
      reception = Applied.Reception.KNOWN;
    } else if (run == null) {
      reception = Applied.Reception.ENDED;
    } else if (run.asks().pending() >= MAX_PENDING) {
      reception = Applied.Reception.FULL;
    } else {
      writer.touch(run, events);
      run.asks(run.asks().added());
      deliver(run, new InboxEntry(run.asks().signals(), s.requestId(), s.name(), s.value(), s.update()));
      events.add(new Applied.Changed(info, run.asks().cancelReason()));
      reception = Applied.Reception.ACCEPTED;
    }
    events.add(new Applied.Requested(s.workflowId(), s.requestId(), reception));
  }

  private void deliver(OpenRun run, InboxEntry entry) {
    RunInfo info = run.info;
    run.inbox().put(entry.sequence(), entry);
    writer.batch.put(writer.keys.inbox(info.slot(), info.run(), entry.sequence()), Stored.inbox(entry));
    writer.request(info, entry.requestId());
  }

  /** Whether a signal waits in the inbox. */
  boolean waits(OpenRun run, long sequence) {
    InboxEntry entry = run.inbox().get(sequence);
    return entry != null
        || !run.received().contains(sequence)
            && writer.store.get(writer.keys.inbox(run.info.slot(), run.info.run(), sequence)) != null;
  }

  /** A signal was received. */
  void received(OpenRun run, long sequence) {
    run.inbox().remove(sequence);
    run.received().add(sequence);
    run.asks(run.asks().received());
    writer.batch.delete(writer.keys.inbox(run.info.slot(), run.info.run(), sequence));
  }

  /** An update has its answer. */
  void answered(OpenRun run, Outcome.Answered answer, List<Applied> events) {
    writer.batch.put(
        writer.keys.request(run.info.slot(), run.info.run(), answer.requestId()), Stored.request(answer.result()));
    events.add(new Applied.Answered(run.info, answer.requestId(), answer.result()));
  }

  /** What the old run has not received is the new one's: nothing is lost when a run continues as a new one. */
  void carryOver(OpenRun from, OpenRun to) {
    TreeMap<Long, InboxEntry> left = new TreeMap<>();
    RunInfo info = from.info;
    writer.store.scan(
        writer.keys.inbox(info.slot(), info.run(), 0),
        writer.keys.inboxTo(info.slot(), info.run()),
        (key, value) -> {
          long sequence = KeyLayout.inboxSequence(key);
          if (!from.received().contains(sequence)) {
            left.put(sequence, Stored.inbox(sequence, value));
          }
          return true;
        });
    left.putAll(from.inbox());
    for (InboxEntry entry : left.values()) {
      to.asks(to.asks().added());
      deliver(
          to,
          new InboxEntry(to.asks().signals(), entry.requestId(), entry.name(), entry.value(), entry.update()));
    }
  }

  // ------------------------------------------------------------------------------------------------- ends

  void cancel(long entryTerm, Command.Cancel c, List<Applied> events) {
    RunInfo info = writer.newest(c.workflowId());
    OpenRun run = info == null ? null : writer.open(info.slot(), info.run());
    Applied.Reception reception;
    if (info == null) {
      reception = Applied.Reception.NO_RUN;
    } else if (run == null) {
      reception = Applied.Reception.ENDED;
    } else {
      reception = Applied.Reception.ACCEPTED;
      if (c.terminate()) {
        stop(entryTerm, run, RunStatus.TERMINATED, c.reason(), events);
      } else {
        askToEnd(run, c.reason(), events);
      }
    }
    events.add(new Applied.Requested(c.workflowId(), c.requestId(), reception));
  }

  void askToEnd(OpenRun run, String reason, List<Applied> events) {
    writer.touch(run, events);
    run.asks(run.asks().cancel(reason));
    events.add(new Applied.Changed(run.info, run.asks().cancelReason()));
  }

  void expire(long entryTerm, Command.Expire e, List<Applied> events) {
    OpenRun run = writer.open(e.slot(), e.run());
    if (run != null && writer.clockMs() >= run.info.origin().deadlineMs()) {
      stop(entryTerm, run, RunStatus.TIMED_OUT, "the run took longer than it was allowed to", events);
    }
  }

  /** Ends a run from outside: its journal says so in its last position, by nobody's incarnation. */
  void stop(long entryTerm, OpenRun run, RunStatus status, String reason, List<Applied> events) {
    writer.touch(run, events);
    RunInfo info = run.info;
    By nobody = new By(entryTerm, 0);
    BranchHead head = run.branch(Branch.MAIN);
    Result result = new Result.Failure(failureType(status), reason, List.of());
    writer.batch.put(
        writer.keys.journal(info.slot(), info.run(), Branch.MAIN, head.next()),
        Stored.journal(
            nobody,
            writer.clockMs(),
            ByteString.copyFrom(OutcomeCodec.encode(new Outcome.Ended(status, result)))));
    run.branch(Branch.MAIN, new BranchHead(head.next() + 1, nobody, null, BranchHead.NO_TIMER));
    run.advanced(1);
    writer.end(run, status, result, events);
    closeChildren(entryTerm, info, events);
  }

  private static String failureType(RunStatus status) {
    return status == RunStatus.TIMED_OUT
        ? TimeoutException.class.getName()
        : "io.raftoral.workflow.Terminated";
  }

  /** The run is over: what becomes of its open children was said when they were started. */
  void closeChildren(long entryTerm, RunInfo parent, List<Applied> events) {
    TreeMap<Long, Integer> children = new TreeMap<>();
    writer.store.scan(
        writer.keys.childrenFrom(parent.slot(), parent.run()),
        writer.keys.childrenTo(parent.slot(), parent.run()),
        (key, value) -> {
          children.put(KeyLayout.childRun(key), KeyLayout.childSlot(key));
          return true;
        });
    for (RunInfo started : writer.open.startedBy(parent.run())) {
      children.put(started.run(), started.slot());
    }
    children.forEach(
        (child, slot) -> {
          OpenRun open = writer.open(slot, child);
          if (open != null) {
            switch (open.info.origin().onParentClose()) {
              case TERMINATE ->
                  stop(entryTerm, open, RunStatus.TERMINATED, "its parent " + parent.workflowId() + " ended", events);
              case REQUEST_CANCEL -> askToEnd(open, "its parent " + parent.workflowId() + " ended", events);
              case ABANDON -> {}
            }
          }
        });
  }
}
