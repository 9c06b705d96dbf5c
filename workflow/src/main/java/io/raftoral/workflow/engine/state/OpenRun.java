package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.RunStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What the applier knows of a run that has not ended: all of it can be read from the store again. */
final class OpenRun {
  private static final long BASE_BYTES = 512;
  private static final long BRANCH_BYTES = 160;
  private static final long VARIABLE_BYTES = 128;

  final RunInfo info;
  private BranchHead main;

  /** All branches but the main one. */
  private final TreeMap<Branch, BranchHead> branches;

  private RunStatus status;
  private long endedMs;
  private long checkpoints;
  private long revision;
  private long wakeMs = RunHead.AWAKE;
  private RunHead.Asks asks = RunHead.Asks.NONE;

  /** Signals that came since the last {@link #cleaned()} and were not received since. */
  private final TreeMap<Long, InboxEntry> inbox = new TreeMap<>();

  /** Signals received since then, by their numbers. */
  private final Set<Long> received = new HashSet<>();

  /** When each variable was assigned first, see {@link #order}. */
  private final Map<String, Long> firstAssigned;

  /** Variables assigned since the last {@link #cleaned()}, with the place of their last assignment. */
  private final Map<String, Place> dirtyVariables = new LinkedHashMap<>();

  /** Branches changed since then. */
  private final TreeMap<Branch, BranchHead> dirtyBranches = new TreeMap<>();

  /** A position of a branch. */
  record Place(Branch branch, long position) {}

  /** A new run. */
  OpenRun(RunInfo info) {
    this.info = info;
    main = BranchHead.EMPTY;
    branches = new TreeMap<>();
    status = RunStatus.RUNNING;
    firstAssigned = new HashMap<>();
  }

  /** A run as it is stored. */
  OpenRun(RunInfo info, RunHead head, Map<Branch, BranchHead> branches, Map<String, Long> firstAssigned) {
    this.info = info;
    this.firstAssigned = new HashMap<>(firstAssigned);
    main = head.main();
    this.branches = new TreeMap<>(branches);
    status = head.status();
    endedMs = head.endedMs();
    checkpoints = head.checkpoints();
    revision = head.revision();
    wakeMs = head.wakeMs();
    asks = head.asks();
  }

  boolean ended() {
    return status.ended();
  }

  BranchHead branch(Branch branch) {
    return branch.equals(Branch.MAIN) ? main : branches.getOrDefault(branch, BranchHead.EMPTY);
  }

  /** Whether the branch is there: the main one always is, others since they were forked. */
  boolean knows(Branch branch) {
    return branch.equals(Branch.MAIN) || branches.containsKey(branch);
  }

  void branch(Branch branch, BranchHead head) {
    if (branch.equals(Branch.MAIN)) {
      main = head;
    } else {
      branches.put(branch, head);
      dirtyBranches.put(branch, head);
    }
  }

  /** How often something was applied to the run. */
  long revision() {
    return revision;
  }

  /** Something is applied to the run. */
  void touched() {
    revision++;
  }

  boolean asleep() {
    return wakeMs != RunHead.AWAKE;
  }

  /** When a run that sleeps is to be woken. */
  long wakeMs() {
    return wakeMs;
  }

  void rest(long untilMs) {
    wakeMs = untilMs;
  }

  void wake() {
    wakeMs = RunHead.AWAKE;
  }

  /** About how much memory it takes. */
  long bytes() {
    return BASE_BYTES + info.input().length + BRANCH_BYTES * branches.size() + VARIABLE_BYTES * firstAssigned.size();
  }

  void advanced(int positions) {
    checkpoints += positions;
  }

  void assigned(String variable, Branch branch, long position) {
    Place place = new Place(branch, position);
    firstAssigned.putIfAbsent(variable, order(place));
    dirtyVariables.put(variable, place);
  }

  void end(RunStatus how, long atMs) {
    status = how;
    endedMs = atMs;
  }

  RunHead head() {
    return new RunHead(status, endedMs, checkpoints, main, revision, wakeMs, asks);
  }

  Map<String, Place> dirtyVariables() {
    return dirtyVariables;
  }

  Map<Branch, BranchHead> dirtyBranches() {
    return dirtyBranches;
  }

  long firstAssigned(String variable) {
    return firstAssigned.getOrDefault(variable, 0L);
  }

  /** Orders places by the positions of the main branch at which, or below which, they are. */
  private static long order(Place place) {
    return place.branch().path().isEmpty() ? place.position() : place.branch().path().getFirst().position();
  }

  RunHead.Asks asks() {
    return asks;
  }

  void asks(RunHead.Asks changed) {
    asks = changed;
  }

  NavigableMap<Long, InboxEntry> inbox() {
    return inbox;
  }

  Set<Long> received() {
    return received;
  }

  void cleaned() {
    inbox.clear();
    received.clear();
    dirtyVariables.clear();
    dirtyBranches.clear();
  }
}
