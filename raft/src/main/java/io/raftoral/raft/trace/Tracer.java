package io.raftoral.raft.trace;

/**
 * Told of every transition of a core, in order, on the core's thread, while the transition is being made: it must not
 * call the core. With {@link #NONE} no event is even built.
 */
@FunctionalInterface
public interface Tracer {
  /** Takes no notice. */
  Tracer NONE = event -> {};

  /** Something happened. */
  void trace(TraceEvent event);
}
