package io.raftoral.raft.driver;

import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The loop that owns the Raft groups of a node: it drains an inbox, steps the cores, and hands out what they want done.
 * Disk, network and state machines answer by posting to the same inbox.
 *
 * <p>It has no thread and no clock. The host calls {@link #pump()} and {@link #tick()} on one thread at a time; nothing
 * in them blocks. What others call, on any thread, is {@link Group}, {@link Transport.Receiver} and the completions,
 * and all of it does no more than post.
 *
 * <p>One pump is one batch: it takes all inputs that wait (up to a bound), then proposes the commands among them
 * together, then takes the Readys of all groups that moved, one from each in turn so that no group starves another, and
 * at the end gives the disk one write for all of them.
 *
 * <p>If a write fails, a state machine throws, or a rule of Raft is found broken, the driver stops at once, as by
 * {@link #stop()}, and tells its host.
 */
public final class RaftDriver implements Transport.Receiver {

  /** How often one pump goes round the groups for Readys; what is left after that waits for the next pump. */
  private static final int MAX_ROUNDS = 16;

  private final DriverConfig config;
  private final LogStore log;
  private final Transport transport;
  private final DriverHost host;
  private final DriverCounters counters = new DriverCounters();
  private final Inbox inbox;
  private final LogWriter writer;
  private final LeaseClock clock;
  private final Quota peerMessages;
  private final GroupTable groups = new GroupTable();

  /** Groups that something happened to and that may have something to hand out. */
  private List<GroupLoop> active = new ArrayList<>();

  /** Empty, to take turns with {@code active}. */
  private List<GroupLoop> spare = new ArrayList<>();

  private boolean started;
  private boolean stopped;

  /** This node wants to go: it takes nothing new. Set by any thread. */
  private volatile boolean leaving;

  /** Nothing leaves any more. Set by any thread. */
  private volatile boolean halted;

  /** A driver without groups. */
  public RaftDriver(DriverConfig config, LogStore log, Transport transport, DriverHost host) {
    this.config = config;
    this.log = log;
    this.transport = transport;
    this.host = host;
    this.inbox = new Inbox(host::wake);
    this.writer = new LogWriter(log, counters, inbox, config.limits().maxWritesInFlight());
    this.clock = new LeaseClock(config.tickNanos(), host.nanoTime());
    this.peerMessages = new Quota(config.limits().maxPeerMessages(), config.limits().maxPeerBytes());
  }

  /**
   * Opens a group of this node, with what its log and its state machine hold. Before the first pump.
   *
   * @param group positive, and not open yet
   * @throws DriverException if log and state do not fit together
   */
  public Group open(long group, GroupConfig groupConfig, StateMachine machine) {
    if (started) {
      throw new IllegalStateException("groups are opened before the driver runs; group " + group + " came too late");
    }
    if (groupConfig.raft().node() != config.node()) {
      throw new IllegalArgumentException(
          "group " + group + " is configured for node " + groupConfig.raft().node() + ", this is node "
              + config.node());
    }
    clock.prepare(groupConfig.raft().electionTicks());
    GroupLoop loop = new GroupLoop(group, groupConfig, log.open(group), machine, this, config, counters, clock);
    groups.add(loop);
    activate(loop);
    inbox.signal();
    return loop.handle();
  }

  /** Takes what waits in the inbox, steps the cores and hands out what they want done. On the loop's thread. */
  public void pump() {
    if (stopped) {
      return;
    }
    started = true;
    try {
      takeInputs();
      boolean more = handOut();
      inbox.rest();
      if (more) {
        inbox.signal();
      }
    } catch (Throwable cause) {
      fail(cause);
    }
  }

  /**
   * Time passes by one tick, for all groups. On the loop's thread; {@link #pump()} follows.
   *
   * <p>Leases rely on how the host ticks: no tick comes before its time, and a host that was held up makes up for no
   * more than one tick that it missed. In any span of time there are no more than {@code span / tickNanos + 2} ticks.
   * (The ticks that a paused host has missed must not come in a burst after it has taken a heartbeat: the follower
   * would believe that it has long heard nothing from a leader whose lease has just begun.)
   */
  public void tick() {
    if (stopped) {
      return;
    }
    try {
      clock.tick(host.nanoTime());
      for (GroupLoop group : groups.all()) {
        group.tick();
        writer.add(group);
        activate(group);
      }
    } catch (Throwable cause) {
      fail(cause);
    }
  }

  /**
   * Begins to leave in good order: from now on commands and changes are refused, as by a driver that has stopped, and
   * leadership is handed over. What was proposed before goes on, and so do reads. {@link #quiet()} says when it is done,
   * {@link #stop()} follows. Any thread.
   */
  public void leave() {
    leaving = true;
    handOver();
  }

  /** Asks every group that this node leads to hand leadership over to the member that is best prepared. Any thread. */
  public void handOver() {
    inbox.post(new Input.HandOver());
  }

  /**
   * Whether nothing is under way that stopping would cut off: no group is led that could be handed over, no write is
   * outstanding, nothing waits to be applied or in the inbox. On the loop's thread.
   */
  public boolean quiet() {
    if (stopped) {
      return true;
    }
    if (inbox.hasMore() || !writer.isIdle()) {
      return false;
    }
    for (GroupLoop group : groups.all()) {
      if (!group.isQuiet()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Stops for good: from now on nothing is sent, written or applied. Whoever waits for an answer is refused. On the
   * loop's thread, or when the loop does not run any more. What stops a node in an orderly way does more, see {@link
   * DriverThread#close()}.
   */
  public void stop() {
    if (stopped) {
      return;
    }
    halt();
    stopped = true;
    inbox.shut();
    Failures failures = new Failures();
    for (Input input = inbox.poll(); input != null; input = inbox.poll()) {
      refuse(input, failures);
    }
    for (GroupLoop group : groups.all()) {
      group.stop(failures);
    }
    failures.rethrow();
  }

  /** What this driver has done. On the loop's thread, or as a rough figure on any other. */
  public DriverStats stats() {
    return counters.stats();
  }

  // The network. Any thread.

  @Override
  public void received(long group, Message message) {
    GroupLoop loop = groups.find(group);
    if (loop == null || message.to() != config.node() || isForwarded(message)) {
      countDropped();
      return;
    }
    long bytes = bytes(message);
    if (!peerMessages.tryAcquire(bytes)) {
      countDropped();
    } else {
      inbox.post(new Input.Peer(loop, message, bytes));
    }
  }

  @Override
  public void unreachable(long node) {
    if (peerMessages.tryAcquire(0)) {
      inbox.post(new Input.Unreachable(node));
    }
  }

  @Override
  public void snapshotLost(long group, long node) {
    GroupLoop loop = groups.find(group);
    if (loop != null && peerMessages.tryAcquire(0)) {
      inbox.post(new Input.SnapshotLost(loop, node));
    }
  }

  // For the parts of the driver.

  /** Posts an input; false if the driver has stopped. Any thread. */
  boolean post(Input input) {
    return inbox.post(input);
  }

  /** Sees to it that the loop runs. Any thread. */
  void wake() {
    inbox.signal();
  }

  /** Posts an input that is not worth waking the loop for. Any thread. */
  void postQuietly(Input input) {
    inbox.postQuietly(input);
  }

  /** From now on nothing leaves; the pump under way, if any, ends soon. {@link #stop()} has to follow. Any thread. */
  void halt() {
    halted = true;
  }

  boolean isLeaving() {
    return leaving;
  }

  boolean isHalted() {
    return halted;
  }

  void countDropped() {
    counters.droppedMessages.increment();
  }

  void send(long group, List<Message> messages) {
    if (!messages.isEmpty() && !halted) {
      transport.send(group, messages);
    }
  }

  void runApply(long group, Runnable task) {
    if (!halted) {
      host.runApply(group, task);
    }
  }

  /** Runs a task in the background; one that throws stops the driver. */
  void runBackground(long group, Runnable task) {
    if (!halted) {
      host.runBackground(group, () -> background(group, task));
    }
  }

  private void background(long group, Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      post(
          new Input.StepFailed(
              new DriverException(
                  "group " + group + ": the state could not be read, stored or made durable: " + failure, failure)));
    }
  }

  long node() {
    return config.node();
  }

  void compact(long group, long index) {
    if (!halted) {
      log.compact(group, index);
    }
  }

  void wantsWrite(GroupLoop group) {
    writer.add(group);
  }

  private void takeInputs() {
    int peers = 0;
    long peerBytes = 0;
    for (int n = config.limits().maxInputsPerPump(); n > 0; n--) {
      Input input = inbox.poll();
      if (input == null) {
        break;
      }
      switch (input) {
        case Input.Peer peer -> {
          peers++;
          peerBytes += peer.bytes;
          peer.group.step(peer.message);
          activate(peer.group);
        }
        case Input.Proposal proposal -> {
          proposal.group.propose(proposal);
          activate(proposal.group);
        }
        case Input.Written written -> written(written);
        case Input.StepDone done -> {
          done.group.stepDone(done);
          activate(done.group);
        }
        case Input.StepFailed failed -> throw failed.failure;
        case Input.PartRead read -> {
          read.group.partRead(read);
          activate(read.group);
        }
        case Input.PartStored stored -> {
          stored.group.partStored(stored.incoming);
          activate(stored.group);
        }
        case Input.Flushed flushed -> {
          flushed.group.flushed(flushed.index);
          activate(flushed.group);
        }
        case Input.Read read -> {
          read.group.read(read.listener);
          activate(read.group);
        }
        case Input.Change change -> {
          change.group.propose(change);
          activate(change.group);
        }
        case Input.StatusRequest request -> request.group.status(request);
        case Input.Transfer transfer -> {
          transfer.group.transfer();
          activate(transfer.group);
        }
        case Input.HandOver _ -> forAll(GroupLoop::handOver);
        case Input.Unreachable gone -> {
          peers++;
          forAll(group -> group.unreachable(gone.node));
        }
        case Input.SnapshotLost lost -> {
          peers++;
          lost.group.snapshotLost(lost.node);
          activate(lost.group);
        }
        case Input.Head _ -> throw new IllegalStateException("the inbox gave out its own head");
      }
    }
    peerMessages.release(peers, peerBytes);
  }

  private void forAll(Consumer<GroupLoop> action) {
    for (GroupLoop group : groups.all()) {
      action.accept(group);
      activate(group);
    }
  }

  private void written(Input.Written written) {
    if (written.failure != null) {
      throw new DriverException(
          "writing the log failed, and nothing that this node promised since can be relied upon: " + written.failure
              + ". Check the disk, then start the node again",
          written.failure);
    }
    for (GroupLoop group : writer.written(written.batch)) {
      group.written();
      activate(group);
    }
  }

  private void activate(GroupLoop group) {
    if (!group.active) {
      group.active = true;
      active.add(group);
    }
  }

  /** Goes round the active groups until they have nothing more to hand out; true if some still had at the end. */
  private boolean handOut() {
    for (GroupLoop group : active) {
      group.flush();
    }
    boolean more = true;
    for (int round = 0; more && round < MAX_ROUNDS; round++) {
      more = false;
      for (GroupLoop group : active) {
        more |= group.handOut();
      }
    }
    List<GroupLoop> handled = active;
    active = spare;
    spare = handled;
    for (GroupLoop group : handled) {
      group.active = false;
      group.finish();
      if (more && group.hasMore()) {
        activate(group);
      }
    }
    handled.clear();
    if (!halted) {
      writer.submit();
    }
    return !active.isEmpty();
  }

  private void fail(Throwable cause) {
    if (stopped) {
      return;
    }
    Throwable told =
        cause instanceof DriverException || cause instanceof RaftInvariantViolation
            ? cause
            : new DriverException("the driver of node " + config.node() + " failed: " + cause, cause);
    try {
      stop();
    } catch (DriverException alsoThrown) {
      told.addSuppressed(alsoThrown);
    }
    host.failed(told);
  }

  private static void refuse(Input input, Failures failures) {
    switch (input) {
      case Input.Proposal proposal -> proposal.group.propose(proposal);
      case Input.Read read -> read.group.read(read.listener);
      case Input.Change change ->
          failures.attempt(() -> change.listener.refused(Reason.STOPPED, Message.NOBODY));
      case Input.StatusRequest request ->
          failures.attempt(() -> request.consumer.accept(request.group.handle().lastStatus()));
      case Input.Peer _, Input.Written _, Input.StepDone _, Input.StepFailed _, Input.Transfer _, Input.HandOver _,
          Input.Unreachable _, Input.SnapshotLost _, Input.PartRead _, Input.PartStored _, Input.Flushed _,
          Input.Head _ -> {}
    }
  }

  /** Drivers never forward commands, and data that no driver packed must not get into the log. */
  private static boolean isForwarded(Message message) {
    return message instanceof Message.ForwardedProposal || message instanceof Message.ForwardedConfChange;
  }

  private static long bytes(Message message) {
    return switch (message) {
      case Message.AppendRequest append -> {
        long bytes = 0;
        for (Entry entry : append.entries()) {
          bytes += entry.sizeBytes();
        }
        yield bytes;
      }
      case Message.InstallSnapshot install -> install.snapshot().data().length;
      case Message.SnapshotPart part -> part.data().length + part.cursor().length + part.next().length;
      case Message.SnapshotRequest request -> request.cursor().length;
      default -> 0;
    };
  }
}
