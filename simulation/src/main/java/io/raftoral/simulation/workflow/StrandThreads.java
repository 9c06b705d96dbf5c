package io.raftoral.simulation.workflow;

import io.raftoral.workflow.engine.runtime.EngineRuntime;

/**
 * Gives strands their turns, one at a time, in an order that events decide.
 *
 * <p>Two implementations do the same, event for event: {@link ScheduledThreads} runs virtual threads on the simulator's
 * own thread, which needs a constructor of the JDK that is not public; {@link HandedOverThreads} hands a baton from
 * thread to thread, which any JDK can do, at a third of the speed. Runs with either have the same hash.
 */
public sealed interface StrandThreads permits ScheduledThreads, HandedOverThreads {

  /** Plans the next turn of a strand. */
  @FunctionalInterface
  interface Turns {
    /** Runs {@code turn} as an event of its own, soon; never, if the process has died by then. */
    void soon(Runnable turn);
  }

  /** Where the threads come from. */
  enum Kind {
    /** The simulator's own scheduler under virtual threads. */
    SCHEDULED,
    /** A baton between virtual threads of the JDK's scheduler. */
    HANDED_OVER;

    /** The faster of those that this JVM allows. */
    public static Kind best() {
      return ScheduledThreads.available() ? SCHEDULED : HANDED_OVER;
    }

    @Override
    public String toString() {
      return this == SCHEDULED ? "own scheduler" : "handed over";
    }

    StrandThreads open(Turns turns) {
      return this == SCHEDULED ? new ScheduledThreads(turns) : new HandedOverThreads(turns);
    }
  }

  /** A strand that runs {@code body} when its first turn comes. */
  EngineRuntime.Strand spawn(String name, Runnable body);

  /** The strand whose turn it is. */
  EngineRuntime.Strand current();

  /** Ends the turn of the calling strand until it is woken or interrupted; at once, if it was before. */
  void park();
}
