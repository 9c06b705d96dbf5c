package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.RunStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the applier keeps in memory of a run that has not ended: all of it can be read from the store again. */
final class OpenRun {
  final RunInfo info;
  private final TreeMap<Branch, BranchHead> branches;
  private RunStatus status;
  private long endedMs;
  private long checkpoints;

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
    return new RunHead(status, endedMs, checkpoints, branches);
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
