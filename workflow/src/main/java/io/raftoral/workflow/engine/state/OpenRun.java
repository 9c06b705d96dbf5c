package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.RunStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the applier knows of a run that has not ended: all of it can be read from the store again. */
final class OpenRun {
  private static final long BASE_BYTES = 512;
  private static final long BRANCH_BYTES = 160;
  private static final long VARIABLE_BYTES = 128;

  final RunInfo info;
  private final TreeMap<Branch, BranchHead> branches;
  private RunStatus status;
  private long endedMs;
  private long checkpoints;
  private long revision;
  private long wakeMs = RunHead.AWAKE;

  /** First position of each variable. */
  private final Map<String, Long> firstAssigned;

  /** Variables assigned since the last {@link #cleaned()}, with the position of their last assignment. */
  private final Map<String, Long> dirtyVariables = new LinkedHashMap<>();

  /** A new run. */
  OpenRun(RunInfo info) {
    this.info = info;
    branches = new TreeMap<>();
    status = RunStatus.RUNNING;
    firstAssigned = new HashMap<>();
  }

  /** A run as it is stored. */
  OpenRun(RunInfo info, RunHead head, Map<String, Long> firstAssigned) {
    this.info = info;
    this.firstAssigned = new HashMap<>(firstAssigned);
    branches = new TreeMap<>(head.branches());
    status = head.status();
    endedMs = head.endedMs();
    checkpoints = head.checkpoints();
    revision = head.revision();
    wakeMs = head.wakeMs();
  }

  boolean ended() {
    return status.ended();
  }

  BranchHead branch(Branch branch) {
    return branches.getOrDefault(branch, BranchHead.EMPTY);
  }

  void branch(Branch branch, BranchHead head) {
    branches.put(branch, head);
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

  void assigned(String variable, long position) {
    firstAssigned.putIfAbsent(variable, position);
    dirtyVariables.put(variable, position);
  }

  void end(RunStatus how, long atMs) {
    status = how;
    endedMs = atMs;
  }

  RunHead head() {
    return new RunHead(status, endedMs, checkpoints, branches, revision, wakeMs);
  }

  Map<String, Long> dirtyVariables() {
    return dirtyVariables;
  }

  long firstAssigned(String variable) {
    return firstAssigned.getOrDefault(variable, 0L);
  }

  void cleaned() {
    dirtyVariables.clear();
  }
}
