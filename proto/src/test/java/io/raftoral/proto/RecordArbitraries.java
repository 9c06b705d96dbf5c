package io.raftoral.proto;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Valid records at random, from one generator: the same seed gives the same records. */
final class RecordArbitraries {
  private final RandomGenerator random;

  RecordArbitraries(RandomGenerator random) {
    this.random = random;
  }

  /** Small numbers and huge ones, since varints differ in length. */
  long number() {
    return random.nextLong(1L << random.nextInt(1, 57));
  }

  long positive() {
    return 1 + random.nextLong(1L << random.nextInt(1, 56));
  }

  byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private List<Long> ids() {
    return random.longs(random.nextInt(5), 1, RaftCodec.MAX_NUMBER).boxed().toList();
  }

  ConfState confState() {
    List<Long> voters = new ArrayList<>(ids());
    voters.add(positive());
    return new ConfState(voters, ids(), ids(), ids(), random.nextBoolean());
  }

  private <E extends Enum<E>> E oneOf(Class<E> type) {
    E[] all = type.getEnumConstants();
    return all[random.nextInt(all.length)];
  }

  ConfChange confChange() {
    List<ConfChange.Change> changes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      changes.add(new ConfChange.Change(oneOf(ConfChange.Kind.class), positive()));
    }
    return new ConfChange(oneOf(ConfChange.Transition.class), changes);
  }

  SnapshotMetadata metadata(long maxTerm) {
    return new SnapshotMetadata(positive(), random.nextLong(1, maxTerm + 1), confState());
  }

  HardState hardState() {
    return new HardState(number(), number(), number());
  }

  Entry entry(long term, long index) {
    return random.nextInt(5) == 0
        ? new Entry.Membership(term, index, confChange())
        : new Entry.Normal(term, index, bytes());
  }

  Message message(MessageKind kind) {
    long from = positive();
    long to = positive();
    long term = positive();
    return switch (kind) {
      case APPEND_REQUEST -> append(from, to, term);
      case APPEND_ACCEPTED -> new Message.AppendAccepted(from, to, term, number());
      case APPEND_REJECTED -> new Message.AppendRejected(from, to, term, number(), number(), number());
      case HEARTBEAT -> new Message.Heartbeat(from, to, term, number(), random.nextLong(Long.MAX_VALUE));
      case HEARTBEAT_RESPONSE -> new Message.HeartbeatResponse(from, to, term, random.nextLong(Long.MAX_VALUE));
      case VOTE_REQUEST ->
          new Message.VoteRequest(
              from, to, term, positive(), random.nextLong(1, term + 1), number(), number(), random.nextBoolean());
      case VOTE_RESPONSE -> new Message.VoteResponse(from, to, term, random.nextBoolean(), number(), number());
      case PRE_VOTE_REQUEST -> new Message.PreVoteRequest(from, to, term, 0, 0, number(), number());
      case PRE_VOTE_RESPONSE ->
          random.nextBoolean()
              ? new Message.PreVoteResponse(from, to, term, random.nextBoolean(), number(), number())
              : new Message.PreVoteResponse(from, to, 0, false, 0, 0);
      case INSTALL_SNAPSHOT -> new Message.InstallSnapshot(from, to, term, new Snapshot(metadata(term), bytes()));
      case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
      case FORWARDED_PROPOSAL -> new Message.ForwardedProposal(from, to, List.of(bytes(), bytes(), bytes()));
      case FORWARDED_CONF_CHANGE -> new Message.ForwardedConfChange(from, to, confChange());
      case READ_INDEX_REQUEST -> new Message.ReadIndexRequest(from, to, random.nextLong(Long.MAX_VALUE));
      case READ_INDEX_RESPONSE ->
          new Message.ReadIndexResponse(from, to, term, random.nextLong(Long.MAX_VALUE), number());
      case FORWARDED_TRANSFER -> new Message.ForwardedTransfer(from, to, positive());
      case SNAPSHOT_REQUEST -> new Message.SnapshotRequest(from, to, positive(), positive(), bytes());
      case SNAPSHOT_PART ->
          new Message.SnapshotPart(
              from, to, positive(), positive(), bytes(), bytes(), bytes(), random.nextInt());
    };
  }

  private Message append(long from, long to, long term) {
    boolean atStart = random.nextInt(4) == 0;
    long prevIndex = atStart ? 0 : 1 + random.nextLong(1L << random.nextInt(1, 50));
    long prevTerm = atStart ? 0 : random.nextLong(1, term + 1);
    List<Entry> entries = new ArrayList<>();
    long entryTerm = Math.max(1, prevTerm);
    for (int i = random.nextInt(6); i > 0; i--) {
      entryTerm = random.nextLong(entryTerm, term + 1);
      entries.add(entry(entryTerm, prevIndex + entries.size() + 1));
    }
    return new Message.AppendRequest(from, to, term, prevIndex, prevTerm, number(), entries);
  }
}
