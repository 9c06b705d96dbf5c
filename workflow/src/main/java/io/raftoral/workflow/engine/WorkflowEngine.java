package io.raftoral.workflow.engine;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.run.GroupClock;
import io.raftoral.workflow.engine.run.RunSettings;
import io.raftoral.workflow.engine.run.Runs;
import io.raftoral.workflow.engine.run.WorkflowIds;
import io.raftoral.workflow.engine.run.WorkflowTypes;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Applied;
import io.raftoral.workflow.engine.state.Applier;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import io.raftoral.workflow.engine.state.JournalEntry;
import io.raftoral.workflow.engine.state.KeyLayout;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunInfo;
import io.raftoral.workflow.engine.state.StateImage;
import io.raftoral.workflow.engine.state.StateReader;
import io.raftoral.workflow.engine.state.StateStaging;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Workflows as a replicated state machine: applies what the group commits, and runs every open workflow, actively
 * where this node leads and as a shadow where it follows.
 *
 * <p>Futures are completed on the apply thread; whatever hangs on them must be quick.
 */
public final class WorkflowEngine implements StateMachine {
  private static final long PASSIVE = 0;

  private final EngineConfig config;
  private final WorkflowTypes types;
  private final StateStore store;
  private final EngineRuntime runtime;
  private final NodeListener listener;
  private final Payloads payloads = new Payloads();
  private final KeyLayout keys;
  private final Applier applier;
  private final StateReader reader;
  private final RunViews views;
  private final RunHistory history;
  private final Durability durability;
  private final StartChecks checks;
  private final StartRequests starts = new StartRequests();
  private final Waiters waiters = new Waiters();
  private final GroupClock clock;
  private final RunRequests requests;
  private final Queries queries;

  private volatile @Nullable Group group;
  private volatile @Nullable Runs runs;
  private volatile @Nullable LeadershipTransfer transfer;
  private volatile boolean stopped;

  // Written by the apply thread alone.
  private volatile long appliedIndex;
  private volatile long knownTerm;
  private volatile long openRuns;
  private volatile long endedRuns;
  private volatile long asleepRuns;
  private boolean leads;

  /**
   * Opens the engine on what {@code store} holds of the group. Nothing runs before {@link #bind}.
   *
   * @param types every workflow that this node can run
   * @param store stays the caller's to close, after the engine
   */
  public WorkflowEngine(
      EngineConfig config,
      List<WorkflowType<?, ?>> types,
      StateStore store,
      EngineRuntime runtime,
      NodeListener listener) {
    this.config = config;
    this.types = new WorkflowTypes(types);
    this.store = store;
    this.runtime = runtime;
    this.listener = listener;
    checks = new StartChecks(config, this.types, payloads);
    keys = new KeyLayout(config.group());
    applier = new Applier(keys, store);
    reader = new StateReader(keys, store);
    views = new RunViews(reader);
    history = new RunHistory(reader);
    clock = new GroupClock(runtime);
    clock.applied(applier.clockMs());
    requests = new RunRequests(config, reader, clock);
    queries = new Queries(reader, this.types, payloads);
    // What a store holds when it is opened is what survived.
    durability = new Durability(store, runtime, config.flushBytes(), applier.applied().index());
    appliedIndex = applier.applied().index();
    knownTerm = applier.applied().term();
    publishCounts();
  }

  /** Gives the engine its group, right after the driver has opened it: open runs begin to move. */
  public void bind(Group opened) {
    group = opened;
    Runs bound =
        new Runs(
            new RunSettings(config.cluster(), config.node(), config.limits(), config.leaseMarginMs(), config.passivation(), config.stuckAfterMs(), config.retentionMs()),
            types,
            runtime,
            opened,
            reader,
            payloads,
            listener,
            clock);
    runs = bound;
    LeadershipTransfer handing = new LeadershipTransfer(runtime, opened, bound, () -> stopped);
    handing.voters(applier.applied().confState().voters());
    transfer = handing;
    bound.begin(reader.awake());
  }

  // ------------------------------------------------------------------------------------------- requests

  /**
   * Starts a run, or finds it. Completes when the start is applied here; fails with {@code RefusedException}: {@code
   * NO_LEADER} if this node is not active or the proposal was lost, {@code UNKNOWN_TYPE}, {@code ID_IN_USE}, {@code
   * BAD_REQUEST} for an input that the type cannot read, {@code OVERLOADED}; or with {@code LimitExceededException}.
   *
   * @param version 0 for the newest that is registered here
   * @param inputJson owned by the engine from now on
   */
  public CompletableFuture<StartedRun> start(String type, int version, String id, byte[] inputJson) {
    return start(type, version, id, inputJson, RunInfo.Origin.NO_DEADLINE);
  }

  /** Likewise, for a run that may take {@code timeoutMs} milliseconds. */
  public CompletableFuture<StartedRun> start(
      String type, int version, String id, byte[] inputJson, long timeoutMs) {
    try {
      return propose(type, version, id, inputJson, timeoutMs);
    } catch (RaftoralException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private CompletableFuture<StartedRun> propose(
      String type, int version, String id, byte[] inputJson, long timeoutMs) {
    Group to = running();
    if (boundRuns().activeTerm() == PASSIVE) {
      throw StartRequests.noLeader(id);
    }
    WorkflowIds.check(id);
    WorkflowType<?, ?> found = checks.type(type, version);
    byte[] input = checks.canonical(found, inputJson);
    RunInfo known = reader.info(id);
    if (known != null) {
      CompletableFuture<StartedRun> answer = new CompletableFuture<>();
      StartRequests.answer(answer, known, type, checks.sameInput(found, known, input) ? known.input() : input, false);
      return answer;
    }
    StartRequests.@Nullable Pending pending =
        openRuns + starts.outstanding() >= config.limits().maxOpenRuns()
            ? null
            : starts.add(id, type, input, config.limits().maxOutstandingStarts());
    if (pending == null) {
      throw new RefusedException(
          RefusedException.Code.OVERLOADED,
          "workflow " + id + " was not started: " + openRuns + " runs are open (limit "
              + config.limits().maxOpenRuns() + "), or " + config.limits().maxOutstandingStarts()
              + " starts are under way; try again later");
    }
    to.propose(
        CommandCodec.encode(new Command.Start(clock.nowMs(), id, type, found.version(), input, timeoutMs)), pending);
    if (stopped) {
      starts.fail(nodeStopped());
    }
    return pending.future();
  }

  /**
   * Hands a value to a run, once a {@code requestId}, whichever node is asked how often. Completes when that is applied
   * here; fails with {@code RefusedException}: {@code NO_LEADER}, {@code OVERLOADED}, {@code UNKNOWN_WORKFLOW}, {@code
   * RUN_ENDED}, {@code BAD_REQUEST}; or with {@code LimitExceededException}.
   *
   * @param update whether the run is to answer; see {@link #awaitUpdate}
   */
  public CompletableFuture<@Nullable Void> signal(
      String id, String requestId, String name, byte[] json, boolean update) {
    return leading(id, to -> requests.signal(to, id, requestId, name, json, update));
  }

  /** Asks a run to end, or ends it at once. Completes when that is applied here; fails like {@link #signal}. */
  public CompletableFuture<@Nullable Void> cancel(String id, String requestId, String reason, boolean terminate) {
    return leading(id, to -> requests.cancel(to, id, requestId, reason, terminate));
  }

  private CompletableFuture<@Nullable Void> leading(
      String id, Function<Group, CompletableFuture<@Nullable Void>> request) {
    try {
      Group to = running();
      if (boundRuns().activeTerm() == PASSIVE) {
        throw CommandRequests.noLeader(id);
      }
      CompletableFuture<@Nullable Void> future = request.apply(to);
      if (stopped) {
        requests.fail(nodeStopped());
      }
      return future;
    } catch (RaftoralException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /** Completes with the answer of an update, once it has one; fails if the run ends without. Works on any node. */
  public CompletableFuture<Result> awaitUpdate(String id, String requestId) {
    CompletableFuture<Result> future = requests.awaitUpdate(id, requestId);
    if (stopped) {
      requests.fail(nodeStopped());
    }
    return future;
  }

  /**
   * Answers a query from what this node has applied, as JSON; null if it knows no run of this id.
   *
   * @throws RefusedException with code {@code BAD_REQUEST} if there is no such query, or it refused
   */
  public byte @Nullable [] query(String id, String name, byte[] argumentJson) {
    return queries.answer(id, name, argumentJson);
  }

  /** Completes once the end of the run is applied on this node; at once if it is. Works on any node, for any id. */
  public CompletableFuture<RunEnd> awaitEnd(String id) {
    // Registered before looking: an end that is applied in between is seen by one of the two.
    CompletableFuture<RunEnd> future = waiters.end(id);
    RunEnd end = views.end(id);
    if (end != null) {
      waiters.ended(end);
    }
    if (stopped) {
      waiters.fail(nodeStopped());
    }
    return future;
  }

  /** Completes once this node has applied {@code index}. */
  public CompletableFuture<@Nullable Void> whenApplied(long index) {
    CompletableFuture<@Nullable Void> future = waiters.index(index);
    waiters.applied(appliedIndex);
    if (stopped) {
      waiters.fail(nodeStopped());
    }
    return future;
  }

  /** A run as this node has applied it, null if it knows none of this id. */
  public @Nullable RunDescription describe(String id) {
    Runs bound = runs;
    return views.describe(id, run -> bound == null ? null : bound.problem(run));
  }

  /** Whether this node has applied the start of a run of this id. */
  public boolean exists(String id) {
    return reader.info(id) != null;
  }

  /** A page of a run's journal as this node has applied it, null if it knows none of this id. */
  public @Nullable HistoryPage history(String id, String pageToken) {
    return history.page(id, pageToken);
  }

  /** What this node does about a run, and what keeps it from going on here. */
  public RunReplica replica(String id) {
    return views.replica(config.node(), id, boundRuns());
  }

  /**
   * An operator's decision about a run that cannot go on here: its replica is built again from the journal, or this node
   * stops following the run until it is active.
   *
   * @return what this node does about the run then
   */
  public RunReplica decide(String id, boolean again) {
    RunInfo info = reader.info(id);
    if (info != null) {
      boundRuns().decide(info.run(), again);
    }
    return replica(id);
  }

  /** A page of the runs that this node has applied. */
  public RunPage list(RunFilter filter) {
    return views.list(filter);
  }

  /** A view of the engine; costs nothing. */
  public EngineStatus status() {
    Runs bound = runs;
    return new EngineStatus(
        bound != null && bound.activeTerm() != PASSIVE,
        knownTerm,
        appliedIndex,
        durability.durableIndex(),
        openRuns,
        endedRuns,
        asleepRuns,
        bound == null ? 0 : bound.awake(),
        bound == null ? 0 : bound.blocked(),
        bound == null ? 0 : bound.stuck(),
        bound == null ? 0 : bound.effectsInFlight());
  }

  /** Digests the whole replicated state; takes time in proportion to it. */
  public StateDigest stateDigest() {
    StateImage.Digest digest = StateImage.digest(keys, store);
    return new StateDigest(digest.index(), digest.sha256());
  }

  /** Stops effects for the rest of this term: the node is about to close. */
  public void stopEffects() {
    Runs bound = runs;
    if (bound != null) {
      bound.handOver();
    }
  }

  /**
   * Hands leadership to {@code node}, by the rule named Transfer: effects are stopped first, and never start again in
   * this term. Whoever wants a transfer asks here, not the group.
   */
  public void transferLeadership(long node) {
    running();
    LeadershipTransfer bound = transfer;
    if (bound != null) {
      bound.begin(node);
    }
  }

  // --------------------------------------------------------------------------------------- state machine

  @Override
  public SnapshotMetadata applied() {
    return applier.applied();
  }

  @Override
  public void founded(ConfState members) {
    applier.founded(members);
  }

  @Override
  public void apply(List<Committed> batch) {
    if (stopped || batch.isEmpty()) {
      return;
    }
    durability.check();
    List<Applied> events = applier.apply(batch);
    clock.applied(applier.clockMs());
    Runs bound = boundRuns();
    for (Applied event : events) {
      bound.applied(event);
      tell(event);
    }
    bound.revisions(applier.revisions());
    durability.written(applier.applied().index(), bytes(batch));
    published();
    activateIfDue();
  }

  private static long bytes(List<Committed> batch) {
    long bytes = 0;
    for (Committed entry : batch) {
      if (entry instanceof Committed.Commands commands) {
        for (byte[] command : commands.commands()) {
          bytes += command.length;
        }
      }
    }
    return bytes;
  }

  private void tell(Applied event) {
    switch (event) {
      case Applied.Started started -> {
        starts.applied(started.info(), started.created());
        if (started.created()) {
          listener.checkpointApplied(config.node(), started.info().workflowId(), 0, started.term());
        }
      }
      case Applied.Advanced advanced -> {
        for (JournalEntry entry : advanced.entries()) {
          listener.checkpointApplied(
              config.node(), advanced.info().workflowId(), entry.position(), entry.by().term());
        }
      }
      case Applied.Requested requested -> requests.applied(requested);
      case Applied.Answered answered -> requests.answered(answered);
      case Applied.Changed changed -> {}
      case Applied.Ended ended -> {
        requests.ended(ended);
        if (ended.status() != RunStatus.CONTINUED_AS_NEW) {
          waiters.ended(end(ended));
        }
      }
      case Applied.IntentHeld held -> {}
      case Applied.Rejected rejected -> {}
      case Applied.Rested rested -> {}
      case Applied.Woken woken -> {}
    }
  }

  private static RunEnd end(Applied.Ended ended) {
    RunInfo info = ended.info();
    return ended.result() instanceof Result.Failure failure
        ? new RunEnd(info.workflowId(), info.run(), ended.status(), null, failure.type(), failure.message())
        : new RunEnd(
            info.workflowId(),
            info.run(),
            ended.status(),
            ended.result() instanceof Result.Value value ? Payloads.text(value.json()) : null,
            null,
            null);
  }

  private void published() {
    appliedIndex = applier.applied().index();
    knownTerm = Math.max(knownTerm, applier.applied().term());
    publishCounts();
    waiters.applied(appliedIndex);
    starts.appliedUpTo(appliedIndex, applier.applied().term());
    requests.appliedUpTo(appliedIndex, applier.applied().term());
  }

  private void publishCounts() {
    openRuns = applier.openRuns();
    endedRuns = applier.endedRuns();
    asleepRuns = applier.asleepRuns();
    LeadershipTransfer bound = transfer;
    if (bound != null) {
      bound.voters(applier.applied().confState().voters());
    }
  }

  @Override
  public void roleChanged(RoleChange change) {
    if (stopped) {
      return;
    }
    Runs bound = boundRuns();
    knownTerm = Math.max(knownTerm, change.term());
    leads = change.leads();
    long active = bound.activeTerm();
    if (active != PASSIVE && (!leads || active != change.term())) {
      bound.deactivate();
      listener.deactivated(config.node(), active);
    }
    activateIfDue();
  }

  /** Rule <b>Active</b>: this node leads, and has applied an entry of its own term. */
  private void activateIfDue() {
    Runs bound = boundRuns();
    if (leads && bound.activeTerm() == PASSIVE && applier.applied().term() == knownTerm) {
      bound.activate(knownTerm);
      listener.activated(config.node(), knownTerm);
    }
  }

  @Override
  public SnapshotStaging stage(SnapshotMetadata metadata) {
    return new StateStaging(keys, store, metadata);
  }

  @Override
  public void restore(SnapshotStaging staging) {
    if (stopped) {
      return;
    }
    durability.check();
    applier.restore((StateStaging) staging);
    durability.durable(applier.applied().index());
    clock.applied(applier.clockMs());
    boundRuns().restored(reader.awake());
    requests.restored();
    // A start that was proposed here may be contained in the snapshot: only then it is not lost.
    for (String id : starts.awaited()) {
      RunInfo started = reader.info(id);
      if (started != null) {
        starts.applied(started, false);
      }
    }
    published();
    for (String id : waiters.awaited()) {
      RunEnd end = views.end(id);
      if (end != null) {
        waiters.ended(end);
      }
    }
  }

  @Override
  public SnapshotView view() {
    return StateImage.view(keys, store, applier.applied());
  }

  @Override
  public long makeDurable() {
    durability.flushNow();
    return durability.durableIndex();
  }

  @Override
  public long durableIndex() {
    return durability.durableIndex();
  }

  // --------------------------------------------------------------------------------------------- the end

  /** Stops: effects are interrupted, threads unwind, waiting requests fail. */
  public void close() {
    stop(false);
  }

  /** Stops as if the process had been killed: threads are abandoned, nothing more is proposed. */
  public void kill() {
    stop(true);
  }

  private void stop(boolean abandon) {
    stopped = true;
    Runs bound = runs;
    if (bound != null) {
      bound.stop(abandon);
    }
    starts.fail(nodeStopped());
    requests.fail(nodeStopped());
    waiters.fail(nodeStopped());
  }

  private NodeStoppedException nodeStopped() {
    return new NodeStoppedException("node " + config.node() + " was stopped; ask another one");
  }

  private Group running() {
    Group bound = group;
    if (bound == null || stopped) {
      throw new RefusedException(
          RefusedException.Code.UNAVAILABLE, "node " + config.node() + " is not running; ask another one");
    }
    return bound;
  }

  private Runs boundRuns() {
    Runs bound = runs;
    if (bound == null) {
      throw new IllegalStateException("the engine was used before it was given its group");
    }
    return bound;
  }
}
