package io.raftoral.workflow.engine.run;

import io.raftoral.raft.driver.Group;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.StateReader;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the replicas of all runs on a node share.
 *
 * @param incarnations how many threads of runs there were on this node: no two of one term may have the same number,
 *     also not of one run, which may be forgotten and come back
 */
record RunServices(
    RunSettings settings,
    EngineRuntime runtime,
    Group group,
    LeaseGuard lease,
    StateReader reader,
    Payloads payloads,
    NodeListener listener,
    AtomicLong blockedRuns,
    AtomicLong incarnations,
    AtomicLong stuckRuns,
    GroupClock clock) {
  private static final long FIRST_BACKOFF_MS = 10;
  private static final long MAX_BACKOFF_MS = 1_000;
  private static final int MAX_DOUBLINGS = 7;

  /** How long to wait before trying again what was refused {@code times} times before in a row. */
  long backoffMs(int times) {
    return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS << Math.min(times, MAX_DOUBLINGS));
  }
}
