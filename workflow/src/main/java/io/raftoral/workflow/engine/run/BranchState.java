package io.raftoral.workflow.engine.run;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the code of one branch has made and been told so far. Confined to the branch's thread, where not said. */
final class BranchState {
  private final RunHost host;
  private final @Nullable BranchState parent;

  final Map<String, Variable<?>> variables = new HashMap<>();
  final TreeMap<String, Handler> handlers = new TreeMap<>();
  final Map<String, Integer> versions = new HashMap<>();

  /** The latest time that this branch has seen; its clock never goes back. */
  long latestMs;

  /** What the thread is doing that may not be interrupted by another operation, or null. */
  @Nullable String busyWith;

  /** The signal or update that is being handled, or null. */
  @Nullable String handling;

  /** Set once the journal is full. */
  @Nullable String limitReached;

  /** Whether the branch has learned that something above it is to end; later it may do what it does undisturbed. */
  private boolean outerDelivered;

  /** Likewise, that the branch itself is. */
  private boolean ownDelivered;

  /** Why the branch itself is to end, null if it is not. Written by the thread of the branch that forked it. */
  private volatile @Nullable String ownReason;

  BranchState(RunHost host, @Nullable BranchState parent, long latestMs) {
    this.host = host;
    this.parent = parent;
    this.latestMs = latestMs;
    outerDelivered = parent != null && (parent.outerDelivered || parent.ownDelivered);
  }

  /** Why the branch is to end, as far as it has not learned of it yet; null if it is not. */
  @Nullable String pendingCancel() {
    String outer = outerDelivered ? null : parent == null ? host.cancelReason() : parent.requested();
    return outer != null ? outer : ownDelivered ? null : ownReason;
  }

  private @Nullable String requested() {
    String own = ownReason;
    return own != null ? own : parent == null ? host.cancelReason() : parent.requested();
  }

  /** The branch has learned that it is to end. */
  void cancelDelivered() {
    outerDelivered = true;
    ownDelivered = true;
  }

  boolean wasCancelled() {
    return outerDelivered || ownDelivered;
  }

  /** Another branch has decided: this one is to end. Any thread. */
  void cancel(String reason) {
    ownReason = reason;
  }

  /** A variable of this branch or of one that has forked it. */
  @Nullable Variable<?> variable(String name) {
    Variable<?> own = variables.get(name);
    return own != null || parent == null ? own : parent.variable(name);
  }

  /** Whether {@code other} is this branch or has, directly or not, forked it. */
  boolean isWithin(BranchState other) {
    return this == other || parent != null && parent.isWithin(other);
  }
}
