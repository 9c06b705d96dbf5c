package io.raftoral.raft.role;

import io.raftoral.raft.ReadState;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Where messages leave the core, and where one rule stands: <b>nothing this node says counts before it is durable</b>.
 *
 * <p>Some messages promise something: that entries are held, that a vote was given. They leave only after everything
 * that the core had handed out to be written when they were made is durable. An answer to a heartbeat promises not to
 * vote against the leader for a while, which a node that restarts remembers by having been in any term at all: so it
 * is held back until this node's first term is durable, and never again. What a node says to itself is held to the
 * same rule: a candidate's vote for itself and a leader's acknowledgement of its own entries are ordinary messages,
 * which come back when the write that they rest on is acknowledged, and if the term has changed by then they are as
 * stale as anybody else's.
 */
final class Outbox {

  /** What was said to oneself before hand-out {@code number}; counts once that one is durable. */
  private record Pledge(long number, List<Message> messages) {}

  private final long self;
  private boolean remembersTerm;
  // The hand-out that has this node's first term in it, 0 if there was none yet.
  private long firstTermNumber;
  private List<Message> promptly = new ArrayList<>();
  private List<Message> afterPersist = new ArrayList<>();
  private List<Message> toSelf = new ArrayList<>();
  private List<ReadState> confirmedReads = new ArrayList<>();
  private final Deque<Pledge> pledges = new ArrayDeque<>();

  Outbox(long self, boolean remembersTerm) {
    this.self = self;
    this.remembersTerm = remembersTerm;
  }

  void send(Message message) {
    if (message.to() == self) {
      sendToSelf(message);
    } else if (promises(message)) {
      afterPersist.add(message);
    } else {
      promptly.add(message);
    }
  }

  private boolean promises(Message message) {
    return switch (message) {
      case Message.AppendAccepted _,
          Message.AppendRejected _,
          Message.VoteResponse _,
          Message.PreVoteResponse _ ->
          true;
      case Message.HeartbeatResponse _ -> !remembersTerm;
      case Message.AppendRequest _,
          Message.Heartbeat _,
          Message.VoteRequest _,
          Message.PreVoteRequest _,
          Message.InstallSnapshot _,
          Message.SnapshotRequest _,
          Message.SnapshotPart _,
          Message.TimeoutNow _,
          Message.ForwardedProposal _,
          Message.ForwardedConfChange _,
          Message.ReadIndexRequest _,
          Message.ReadIndexResponse _,
          Message.ForwardedTransfer _ ->
          false;
    };
  }

  private void sendToSelf(Message message) {
    // A leader acknowledges every append to itself; the last acknowledgement of a hand-out says it all.
    if (message instanceof Message.AppendAccepted later
        && !toSelf.isEmpty()
        && toSelf.getLast() instanceof Message.AppendAccepted earlier
        && earlier.term() == later.term()) {
      toSelf.removeLast();
    }
    toSelf.add(message);
  }

  /** A read of this node's own may be served. */
  void confirmRead(ReadState read) {
    confirmedReads.add(read);
  }

  boolean isEmpty() {
    return promptly.isEmpty() && afterPersist.isEmpty() && toSelf.isEmpty() && confirmedReads.isEmpty();
  }

  /** Takes the reads that are confirmed. */
  List<ReadState> takeReads() {
    List<ReadState> taken = confirmedReads;
    if (taken.isEmpty()) {
      return List.of();
    }
    confirmedReads = new ArrayList<>();
    return Collections.unmodifiableList(taken);
  }

  /** Takes what may leave at once. */
  List<Message> takePrompt() {
    List<Message> taken = promptly;
    if (taken.isEmpty()) {
      return List.of();
    }
    promptly = new ArrayList<>();
    return Collections.unmodifiableList(taken);
  }

  /**
   * Takes what may leave once hand-out {@code number} is durable, and keeps what this node says to itself until then.
   */
  List<Message> takeForAfter(long number, long term) {
    if (firstTermNumber == 0 && term > 0) {
      firstTermNumber = number;
    }
    if (!toSelf.isEmpty()) {
      pledges.addLast(new Pledge(number, toSelf));
      toSelf = new ArrayList<>();
    }
    List<Message> taken = afterPersist;
    if (taken.isEmpty()) {
      return List.of();
    }
    afterPersist = new ArrayList<>();
    return Collections.unmodifiableList(taken);
  }

  /** What this node said to itself and may count now that hand-outs up to {@code number} are durable. */
  List<Message> takeDurable(long number) {
    if (firstTermNumber > 0 && number >= firstTermNumber) {
      remembersTerm = true;
    }
    List<Message> due = List.of();
    for (Pledge pledge = pledges.peekFirst(); pledge != null && pledge.number <= number; pledge = pledges.peekFirst()) {
      pledges.removeFirst();
      if (due.isEmpty()) {
        due = pledge.messages;
      } else {
        due.addAll(pledge.messages);
      }
    }
    return due;
  }
}
