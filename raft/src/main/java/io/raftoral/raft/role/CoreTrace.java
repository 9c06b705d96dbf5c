package io.raftoral.raft.role;

import io.raftoral.raft.message.Message;
import io.raftoral.raft.trace.TraceEvent;
import io.raftoral.raft.trace.Tracer;
import org.jspecify.annotations.Nullable;

/** Shows a core's transitions to its tracer; builds nothing if there is none. */
final class CoreTrace {
  private final RaftCore core;
  private final Tracer tracer;
  private final boolean on;

  CoreTrace(RaftCore core, Tracer tracer) {
    this.core = core;
    this.tracer = tracer;
    this.on = !tracer.equals(Tracer.NONE);
  }

  void transition(TraceEvent.Kind kind) {
    emit(kind, null);
  }

  void message(TraceEvent.Kind kind, Message message) {
    emit(kind, message);
  }

  /** If the commit index has moved on from {@code before}. */
  void commit(long before) {
    if (core.log().committed() > before) {
      emit(TraceEvent.Kind.COMMIT, null);
    }
  }

  private void emit(TraceEvent.Kind kind, @Nullable Message message) {
    if (on) {
      tracer.trace(
          new TraceEvent(
              kind,
              core.id(),
              core.term(),
              core.vote(),
              core.log().committed(),
              core.role().name(),
              core.log().lastIndex(),
              core.membership().confState(),
              message));
    }
  }
}
