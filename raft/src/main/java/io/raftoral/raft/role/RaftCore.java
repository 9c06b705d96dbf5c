package io.raftoral.raft.role;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.ReadState;
import io.raftoral.raft.SoftState;
import io.raftoral.raft.Status;
import io.raftoral.raft.log.LogStorage;
import io.raftoral.raft.log.RaftLog;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.membership.Membership;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.raft.trace.TraceEvent;
import io.raftoral.raft.trace.Tracer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all roles share: term, vote, log, configuration and the way from one role to the next. Internal to the core; an
 * embedder uses {@link RawNode}.
 */
public final class RaftCore {
  /** What {@link #leaseStartTick()} answers when there is no lease. */
  public static final long NO_LEASE = -1;

  private final RaftConfig config;
  private final RaftLog log;
  private final Outbox outbox;
  private final ElectionTimer timer;
  private final Elections elections;
  private final VotePolicy votes;
  private final TermGate gate = new TermGate(this);
  private final CoreTrace trace;
  private long readTicket;
  private long ticks;
  private long rejectedMessages;
  private final Configuration configuration;
  private long term;
  private long vote;
  private Role role;

  /** Continues from what {@code storage} holds, as a follower. */
  public RaftCore(RaftConfig config, LogStorage storage, RandomGenerator random, Tracer tracer) {
    HardState hardState = storage.hardState();
    this.config = config;
    this.trace = new CoreTrace(this, tracer);
    this.term = hardState.term();
    this.vote = hardState.vote();
    this.log =
        new RaftLog(
            this::violation,
            storage,
            config.appliedIndex(),
            config.maxCommittedSizePerReadyBytes(),
            config.asyncStorage());
    boolean restarted = !hardState.equals(HardState.EMPTY);
    this.outbox = new Outbox(config.node(), restarted);
    this.timer = new ElectionTimer(config.electionTicks(), random);
    this.elections = new Elections(this);
    this.configuration = new Configuration(this, storage.confState());
    // A restarted node must not take an answer to its former life for one to its present one.
    this.readTicket = random.nextLong() >>> 1;
    this.votes = new VotePolicy(this, restarted);
    this.role = new Follower(this, Message.NOBODY);
    if (log.lastTerm() > term && log.lastIndex() >= log.firstIndex()) {
      throw violation("the log ends in term " + log.lastTerm() + ": the storage lost the term it had acknowledged");
    }
    trace.transition(TraceEvent.Kind.INIT);
  }

  // ---- What every role may ask.

  RaftConfig config() {
    return config;
  }

  ElectionTimer timer() {
    return timer;
  }

  Elections elections() {
    return elections;
  }

  VotePolicy votes() {
    return votes;
  }

  Role role() {
    return role;
  }

  Membership membership() {
    return configuration.membership();
  }

  long id() {
    return config.node();
  }

  long term() {
    return term;
  }

  long vote() {
    return vote;
  }

  long leader() {
    return role.leader();
  }

  /** How often time has passed since the start. */
  public long ticks() {
    return ticks;
  }

  long nextReadTicket() {
    return ++readTicket;
  }

  /** The term of an entry, 0 if it is not known any more. */
  long termOrZero(long index) {
    return Math.max(0, log.term(index));
  }

  /** Whether an entry of the present term is committed. */
  boolean hasCommittedInTerm() {
    return log.term(log.committed()) == term;
  }

  RaftInvariantViolation violation(long index, String rule) {
    return new RaftInvariantViolation(config.node(), term, index, rule);
  }

  RaftInvariantViolation violation(String rule) {
    return violation(log.lastIndex(), rule);
  }

  CoreTrace trace() {
    return trace;
  }

  // ---- What every role may do.

  void send(Message message) {
    trace.message(TraceEvent.Kind.SEND, message);
    outbox.send(message);
  }

  void confirmRead(ReadState read) {
    outbox.confirmRead(read);
  }

  void rejectMessage() {
    rejectedMessages++;
  }

  void grantVote(long candidate) {
    timer.restart();
    vote = candidate;
  }

  void appendOwn(List<Entry> entries) {
    log.append(entries);
    trace.transition(TraceEvent.Kind.REPLICATE);
  }

  long append(Message.AppendRequest m) {
    long before = log.committed();
    long lastNew = log.maybeAppend(m.prevIndex(), m.prevTerm(), m.commit(), m.entries());
    if (lastNew >= 0 && !m.entries().isEmpty()) {
      trace.transition(TraceEvent.Kind.APPEND);
    }
    trace.commit(before);
    return lastNew;
  }

  void commitTo(long index) {
    long before = log.committed();
    log.commitTo(index);
    trace.commit(before);
  }

  /** Commits up to {@code index} if the entry there is of {@code entryTerm}. */
  boolean maybeCommit(long index, long entryTerm) {
    boolean advanced = log.maybeCommit(index, entryTerm);
    if (advanced) {
      trace.transition(TraceEvent.Kind.COMMIT);
    }
    return advanced;
  }

  /**
   * Takes over a snapshot, unless it is an old one or the log contains everything it stands for: then the log stays,
   * since it may hold entries that were acknowledged.
   *
   * <p>A snapshot that does not know this node as a member is taken over as well: it was made before this node was
   * added, and the entry that adds it follows (tikv/raft-rs#472).
   */
  boolean restore(Snapshot snapshot) {
    SnapshotMetadata metadata = snapshot.metadata();
    if (metadata.index() <= log.committed()) {
      return false;
    }
    if (log.matches(metadata.index(), metadata.term())) {
      commitTo(metadata.index());
      return false;
    }
    log.restore(snapshot);
    trace.transition(TraceEvent.Kind.APPEND);
    configuration.switchTo(metadata.confState());
    return true;
  }

  // ---- From one role to the next (Raft paper, figure 4).

  void becomeFollower(long newTerm, long leader) {
    enterTerm(newTerm);
    timer.reset();
    role = new Follower(this, leader);
    trace.transition(TraceEvent.Kind.BECOME_FOLLOWER);
  }

  void becomePreCandidate() {
    // Neither term nor vote nor timer change: nothing is decided yet.
    role = new Candidate(this, true);
    trace.transition(TraceEvent.Kind.BECOME_PRE_CANDIDATE);
  }

  void becomeCandidate() {
    enterTerm(term + 1);
    timer.reset();
    vote = id();
    role = new Candidate(this, false);
    trace.transition(TraceEvent.Kind.BECOME_CANDIDATE);
  }

  void becomeLeader() {
    timer.reset();
    Leader leader = new Leader(this);
    role = leader;
    trace.transition(TraceEvent.Kind.BECOME_LEADER);
    leader.begin();
  }

  private void enterTerm(long newTerm) {
    if (newTerm < term) {
      throw violation("the term would go back to " + newTerm);
    }
    if (newTerm > term) {
      term = newTerm;
      vote = Message.NOBODY;
    }
  }

  // ---- Inputs.

  /** See {@link RawNode#tick()}. */
  public void tick() {
    ticks++;
    role.tick();
  }

  /** See {@link RawNode#step(Message)}. */
  public void step(Message message) {
    if (!MessageCheck.wellFormed(message, id())) {
      rejectMessage();
      return;
    }
    if (MessageCheck.isAnswer(message) && !membership().contains(message.from())) {
      return; // Nobody asks a node that is not a member. It may have been one when it answered.
    }
    trace.message(TraceEvent.Kind.RECEIVE, message);
    gate.pass(message);
  }

  /** Handles a message of the present term once the role has changed because of it. */
  void stepRole(Message message) {
    role.step(message);
  }

  /** See {@link RawNode#campaign()}. */
  public void campaign() {
    if (!votes.isBoundByLease()) {
      elections.start();
    }
  }

  /** See {@link RawNode#propose(List)}. */
  public ProposalResult propose(List<byte[]> data) {
    if (data.isEmpty()) {
      throw new IllegalArgumentException("a proposal needs at least one entry");
    }
    return switch (role) {
      case Leader leader -> leader.propose(data);
      case Follower follower -> follower.forward(new Message.ForwardedProposal(id(), follower.leader(), data));
      case Candidate _ -> new ProposalResult.Refused(ProposalResult.Reason.NO_LEADER, Message.NOBODY);
    };
  }

  /** See {@link RawNode#proposeConfChange(ConfChange)}. */
  public ProposalResult proposeConfChange(ConfChange change) {
    return switch (role) {
      case Leader leader -> leader.proposeConfChange(change);
      case Follower follower -> follower.forward(new Message.ForwardedConfChange(id(), follower.leader(), change));
      case Candidate _ -> new ProposalResult.Refused(ProposalResult.Reason.NO_LEADER, Message.NOBODY);
    };
  }

  /** See {@link RawNode#applyConfChange(ConfChange)}. */
  public ConfState applyConfChange(ConfChange change) {
    return configuration.apply(change);
  }

  /** See {@link RawNode#readIndex(long)}. */
  public boolean readIndex(long context) {
    return switch (role) {
      case Leader leader -> leader.reads().request(id(), context);
      case Follower follower -> follower.readIndex(context);
      case Candidate _ -> false;
    };
  }

  /** See {@link RawNode#transferLeader(long)}. */
  public void transferLeader(long node) {
    switch (role) {
      case Leader leader -> leader.transfer().start(node);
      case Follower follower -> follower.forwardTransfer(node);
      case Candidate _ -> {}
    }
  }

  /** See {@link RawNode#forgetLeader()}. */
  public void forgetLeader() {
    if (role instanceof Follower follower) {
      follower.forgetLeader();
    }
  }

  /** See {@link RawNode#reportUnreachable(long)}. */
  public void reportUnreachable(long node) {
    if (role instanceof Leader leader) {
      leader.replication().unreachable(node);
    }
  }

  /** See {@link RawNode#reportSnapshot(long, boolean)}. */
  public void reportSnapshot(long node, boolean delivered) {
    if (role instanceof Leader leader) {
      leader.replication().snapshotReported(node, delivered);
    }
  }

  /** See {@link RawNode#persisted(long)}. */
  public void persisted(long number) {
    SnapshotMetadata installed = log.persisted(number);
    if (installed != null) {
      applied(installed.index());
    }
    for (Message own : outbox.takeDurable(number)) {
      gate.pass(own);
    }
  }

  /** See {@link RawNode#applied(long)}. */
  public void applied(long index) {
    log.appliedTo(index);
    if (role instanceof Leader leader) {
      leader.applied(index);
    }
  }

  // ---- Outputs, taken by RawNode.

  /** The log: what has to be written and what is to be applied. */
  public RaftLog log() {
    return log;
  }

  /** Whether messages or confirmed reads wait to be taken. */
  public boolean hasMessagesOrReads() {
    return !outbox.isEmpty();
  }

  /** Takes the messages that may leave at once. */
  public List<Message> takePromptMessages() {
    return outbox.takePrompt();
  }

  /** Takes the messages that may leave once hand-out {@code number} is durable. */
  public List<Message> takeMessagesForAfter(long number) {
    return outbox.takeForAfter(number, term);
  }

  /** Takes the reads that are confirmed. */
  public List<ReadState> takeReads() {
    return outbox.takeReads();
  }

  /** What has to be durable besides the log. */
  public HardState hardState() {
    return new HardState(term, vote, log.committed());
  }

  /** Whether {@link #hardState()} would equal {@code other}. */
  public boolean isHardState(HardState other) {
    return other.term() == term && other.vote() == vote && other.commit() == log.committed();
  }

  /** Whether {@link #softState()} would equal {@code other}. */
  public boolean isSoftState(SoftState other) {
    return other.leader() == role.leader() && other.role() == role.name();
  }

  /** Role and leader. */
  public SoftState softState() {
    return new SoftState(role.leader(), role.name());
  }

  /** See {@link RawNode#status()}. */
  public Status status() {
    return StatusReport.of(this, rejectedMessages);
  }

  /** See {@link RawNode#leaseStartTick()}. */
  public long leaseStartTick() {
    return role instanceof Leader leader ? leader.reads().leaseStartTick() : NO_LEASE;
  }

  /** See {@link RawNode#leaseTicks()}. */
  public long leaseTicks() {
    return role instanceof Leader leader ? leader.reads().leaseTicks() : 0;
  }

  /** See {@link RawNode#leaseDurationTicks()}. */
  public int leaseDurationTicks() {
    return Reads.leaseDurationTicks(config.electionTicks());
  }

  /** See {@link RawNode#fixElectionTimeout(int)}. */
  public void fixElectionTimeout(int ticks) {
    timer.fix(ticks);
  }
}
