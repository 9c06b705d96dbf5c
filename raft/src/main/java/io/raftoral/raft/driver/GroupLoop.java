package io.raftoral.raft.driver;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.ReadState;
import io.raftoral.raft.Ready;
import io.raftoral.raft.RoleName;
import io.raftoral.raft.SoftState;
import io.raftoral.raft.Status;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One group on the loop: feeds its core, and spreads what the core wants done over disk, network and state machine.
 *
 * <p>The rule of durability is kept by the core and by the order here: {@code messages} of a Ready go at once, so a
 * leader replicates while its own disk works; {@code messagesAfterPersist}, which carry votes and acknowledgements, go
 * when the {@link LogStore} has said that their Ready is durable, and only then the core hears of it.
 */
final class GroupLoop {
  private final long id;
  private final RaftDriver driver;
  private final DriverConfig config;
  private final LeaseClock clock;
  private final DriverLog log;
  private final RawNode core;
  private final GroupHandle handle;
  private final Proposals proposals;
  private final Reads reads;
  private final Compaction compaction;
  private final SnapshotSender sender;
  private final SnapshotReceiver receiver;
  private final StateMachine machine;
  private final Persistence persistence;
  private final ApplyLane lane;

  private long term;
  private long leader = Message.NOBODY;
  private boolean leads;
  private RoleChange told;

  /** In this term this node asked somebody to campaign, so its lease is over for good; 0 if in none. */
  private long transferTerm;

  /** The core asked for a snapshot when there was none. */
  private boolean snapshotWanted;

  /** In the driver's list of groups that have something to do. */
  boolean active;

  /** In the writer's list of groups that have something to write. */
  boolean waitsForWriter;

  GroupLoop(
      long id,
      GroupConfig groupConfig,
      GroupLog store,
      StateMachine machine,
      RaftDriver driver,
      DriverConfig config,
      DriverCounters counters,
      LeaseClock clock) {
    this.id = id;
    this.driver = driver;
    this.config = config;
    this.clock = clock;
    DriverLimits limits = config.limits();
    SnapshotMetadata applied = machine.applied();
    ConfState founders = ConfState.ofVoters(groupConfig.bootstrapVoters());
    if (applied.index() == 0) {
      machine.founded(founders);
    }
    this.log = new DriverLog(id, store, applied, founders, () -> newestSnapshot());
    this.machine = machine;
    this.compaction = new Compaction(groupConfig, log.firstIndex(), applied.index());
    int timeoutTicks = config.snapshotTimeoutTicks();
    this.sender = new SnapshotSender(this, driver, config.transfer(), timeoutTicks);
    this.receiver = new SnapshotReceiver(this, driver, machine, config.transfer(), timeoutTicks);
    this.persistence = new Persistence(config.node(), id, limits.maxWriteBytes(), log.restartWrite(id));
    this.lane = new ApplyLane(this, machine, driver, limits.maxApplyBatchBytes());
    this.proposals = new Proposals(counters, limits.maxEntryBytes());
    this.core =
        new RawNode(
            groupConfig
                .raft()
                .withAppliedIndex(applied.index())
                .withForwardProposals(false)
                .withMaxCommittedSizePerReadyBytes(2 * limits.maxApplyLagBytes()),
            log,
            groupConfig.random(),
            groupConfig.tracer());
    this.term = log.hardState().term();
    this.told = new RoleChange(term, Message.NOBODY, false);
    this.handle = new GroupHandle(this, driver, counters, limits, core.status());
    this.reads = new Reads(config.readTimeoutTicks(), config.readRetryTicks(), handle.reads);
  }

  long id() {
    return id;
  }

  GroupHandle handle() {
    return handle;
  }

  // Inputs.

  void step(Message message) {
    switch (message) {
      case Message.AppendAccepted accepted -> {
        sender.acknowledged(accepted.from(), accepted.matchIndex());
        core.step(message);
      }
      case Message.InstallSnapshot install -> {
        if (isWorthFetching(install)) {
          receiver.announced(install, core, clock.now());
        } else {
          core.step(install);
        }
      }
      case Message.SnapshotRequest request -> sender.requested(request, clock.now());
      case Message.SnapshotPart part -> receiver.arrived(part, clock.now());
      default -> core.step(message);
    }
  }

  /** Whether the core would take the snapshot if it were here; if not, it answers at once. */
  private boolean isWorthFetching(Message.InstallSnapshot install) {
    Status status = core.status();
    SnapshotMetadata metadata = install.snapshot().metadata();
    return install.from() != config.node()
        && install.term() >= status.term()
        && metadata.index() > status.commit()
        && (metadata.index() > log.lastIndex()
            || metadata.index() < log.firstIndex()
            || log.term(metadata.index()) != metadata.term());
  }

  void partRead(Input.PartRead done) {
    sender.read(done);
  }

  void partStored(SnapshotReceiver.Incoming incoming) {
    receiver.stored(incoming, core, clock.now());
  }

  void flushed(long index) {
    compaction.flushed(index);
    compact();
  }

  void propose(Input.Proposal proposal) {
    proposals.add(proposal);
  }

  void propose(Input.Change change) {
    handle.changes.release(1, 0);
    switch (core.proposeConfChange(change.change)) {
      case ProposalResult.Appended appended -> change.listener.appended(appended.term(), appended.lastIndex());
      case ProposalResult.Refused refused -> change.listener.refused(refused.reason(), refused.leader());
      case ProposalResult.Forwarded forwarded ->
          throw new DriverException("the core forwarded a change to " + forwarded.leader() + " although it must not");
    }
  }

  void read(ReadListener listener) {
    reads.add(listener);
  }

  void status(Input.StatusRequest request) {
    handle.statusRequests.release(1, 0);
    Status status = core.status();
    handle.publishStatus(status);
    request.consumer.accept(status);
  }

  void transfer() {
    long transferee = handle.transferee.getAndSet(Message.NOBODY);
    if (transferee != Message.NOBODY) {
      transfer(transferee);
    }
  }

  void handOver() {
    long best = bestSuccessor();
    if (best != Message.NOBODY) {
      transfer(best);
    }
  }

  private void transfer(long node) {
    // What arrived before the wish comes first: while leadership is being transferred the core takes no commands.
    flush();
    if (leads && node != config.node()) {
      endLeaseForThisTerm();
    }
    core.transferLeader(node);
  }

  void unreachable(long node) {
    core.reportUnreachable(node);
    sender.lost(core, node);
  }

  void snapshotLost(long node) {
    sender.lost(core, node);
  }

  void tick() {
    core.tick();
    reads.tick(core, clock.now());
    sender.tick(core, clock.now());
    receiver.tick(clock.now());
  }

  // Answers of disk and state machine.

  /** The oldest write in flight is durable. */
  void written() {
    Persistence.Part part = persistence.written();
    log.persisted(part.write);
    driver.send(id, part.messages);
    if (part.number > 0) {
      core.persisted(part.number);
    }
  }

  void stepDone(Input.StepDone done) {
    switch (done.step) {
      case ApplyLane.Entries batch -> {
        core.applied(batch.lastIndex());
        compaction.applied(batch.lastIndex(), batch.count(), batch.bytes());
      }
      case ApplyLane.Restore restore -> {
        persistence.restored(restore.metadata().index());
        compaction.restored(restore.metadata().index());
        receiver.installed();
      }
      case ApplyLane.View _ -> {
        if (done.view != null) {
          sender.opened(done.view, clock.now());
        }
      }
      case ApplyLane.Role _ -> {}
    }
    compaction.durable(done.durableIndex);
    lane.done(done.step);
    compact();
  }

  private void compact() {
    long to = compaction.compactTo(sender.heldFrom());
    if (to > 0) {
      driver.compact(id, to);
    }
  }

  boolean wantsDurableIndex() {
    return compaction.wantsDurableIndex();
  }

  // Outputs.

  /** Gives the core what this pump brought for it. */
  void flush() {
    if (!proposals.isEmpty()) {
      if (lane.lagBytes() > config.limits().maxApplyLagBytes()) {
        proposals.refuse(Reason.OVERLOADED, leader, handle.proposals);
      } else {
        proposals.propose(core, handle.proposals);
      }
    }
    reads.ask(core, clock.now());
  }

  /** Hands out one Ready; false if there is none. */
  boolean handOut() {
    if (!core.hasReady()) {
      return false;
    }
    Ready ready = core.ready();
    noteRole(ready);
    send(ready.messages());
    Snapshot snapshot = ready.snapshot();
    if (snapshot != null) {
      lane.restore(snapshot.metadata(), receiver.take(snapshot.metadata()));
    }
    if (!ready.committedEntries().isEmpty()) {
      apply(ready.committedEntries());
    }
    if (persistence.add(ready)) {
      driver.send(id, ready.messagesAfterPersist());
      core.persisted(ready.number());
    } else if (persistence.hasNext()) {
      driver.wantsWrite(this);
    }
    for (ReadState state : ready.readStates()) {
      reads.confirmed(state);
    }
    return true;
  }

  /** What the pump does last for a group. */
  void finish() {
    receiver.settled();
    if (sender.isDue(snapshotWanted)) {
      lane.view();
    }
    snapshotWanted = false;
    if (compaction.isDue()) {
      driver.runBackground(id, () -> driver.post(new Input.Flushed(this, machine.makeDurable())));
    }
    if (persistence.hasNext()) {
      driver.wantsWrite(this);
    }
    if (leads && transferTerm != term) {
      handle.publishLease(clock.leaseUntilNanos(core.leaseStartTick(), core.leaseDurationTicks()));
    }
  }

  /** Whether the core has more to hand out. */
  boolean hasMore() {
    return core.hasReady();
  }

  boolean hasWrites() {
    return persistence.hasNext();
  }

  /** What is to be written next, null if nothing. */
  Persistence.@Nullable Part nextWrite() {
    return persistence.hasNext() ? persistence.next() : persistence.nextCommitHint();
  }

  /** Whether stopping now would cut nothing off. */
  boolean isQuiet() {
    return persistence.isIdle() && lane.isIdle() && bestSuccessor() == Message.NOBODY;
  }

  /** Whoever waits is refused. */
  void stop(Failures failures) {
    handle.publishLease(Long.MIN_VALUE);
    failures.attempt(() -> proposals.refuse(Reason.STOPPED, Message.NOBODY, handle.proposals));
    failures.attempt(reads::failAll);
    failures.attempt(() -> handle.publishStatus(core.status()));
  }

  /**
   * Applies a committed batch. The core learns of membership changes here and now, before it sees another message: it
   * counts quorums by them. The state machine sees them in their place among the commands, on its own thread.
   */
  private void apply(List<Entry> committed) {
    for (Entry entry : committed) {
      if (entry instanceof Entry.Membership membership) {
        ConfState confState = core.applyConfChange(membership.change());
        lane.configuration(new Committed.Configuration(entry.index(), entry.term(), confState));
      }
    }
    lane.entries(committed);
  }

  /** A new role counts before anything else of the Ready: a lease ends before another message leaves. */
  private void noteRole(Ready ready) {
    if (ready.hardState() != null) {
      term = ready.hardState().term();
    }
    SoftState soft = ready.softState();
    if (soft != null) {
      leader = soft.leader();
      leads = soft.role() == RoleName.LEADER;
      handle.publishLeader(leader);
    }
    if (told.term() != term || told.leader() != leader || told.leads() != leads) {
      told = new RoleChange(term, leader, leads);
      if (!leads) {
        handle.publishLease(Long.MIN_VALUE);
        sender.leadershipLost();
      }
      lane.roleChanged(told);
    }
  }

  private void send(List<Message> messages) {
    for (Message message : messages) {
      switch (message) {
        case Message.TimeoutNow _ -> endLeaseForThisTerm();
        case Message.InstallSnapshot install ->
            sender.sent(install.to(), install.snapshot().metadata().index(), clock.now());
        default -> {}
      }
    }
    driver.send(id, messages);
  }

  /**
   * Whoever is asked to campaign may do so beside this node's lease, and as late as the request arrives: after this
   * node gave the transfer up, even. So the lease does not come back in this term.
   */
  private void endLeaseForThisTerm() {
    transferTerm = term;
    handle.publishLease(Long.MIN_VALUE);
  }

  /** Whom to hand leadership to: the voter that answers and holds most; nobody if this node does not lead. */
  private long bestSuccessor() {
    if (!leads) {
      return Message.NOBODY;
    }
    long best = Message.NOBODY;
    long match = -1;
    for (Status.Peer peer : core.status().peers()) {
      if (peer.node() != config.node() && !peer.learner() && peer.recentlyActive() && peer.match() > match) {
        best = peer.node();
        match = peer.match();
      }
    }
    return best;
  }

  private @Nullable Snapshot newestSnapshot() {
    Snapshot snapshot = sender.newest(compaction.compacted());
    snapshotWanted |= snapshot == null;
    return snapshot;
  }
}
