package io.raftoral.simulation.workflow;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.engine.RunEnd;
import io.raftoral.workflow.engine.StartedRun;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts one workflow, through any node and as often as it takes, waits for its end at any node, and checks the run.
 * Now and then it asks again for what it has, and has to be told the same.
 */
final class WorkflowClient {
  private static final long ATTEMPT_NANOS = 500_000_000L;
  private static final double RETRY_NANOS = 40_000_000;
  private static final double ASK_AGAIN_NANOS = 2_000_000_000;
  private static final int MAX_ASKED_AGAIN = 3;

  private final World world;
  private final WorkflowCluster cluster;
  private final Ledger ledger;
  private final Marks marks;
  private final SimRandom random;
  private final String id;
  private final String program;
  private final IntSupplier version;
  private int attempt;
  private int askedAgain;
  private boolean begun;
  private boolean healed;
  private @Nullable StartedRun started;
  private @Nullable RunEnd ended;

  WorkflowClient(
      World world, WorkflowCluster cluster, Ledger ledger, Marks marks, int number, IntSupplier version) {
    this.world = world;
    this.cluster = cluster;
    this.ledger = ledger;
    this.marks = marks;
    this.version = version;
    this.id = "w" + number;
    this.random = world.random("workflow." + number);
    this.program = Program.draw(random);
  }

  void start(long withinNanos) {
    world.after(random.between(0, withinNanos), World.NOBODY, EventKind.CLIENT, () -> {
      if (!healed) {
        begun = true;
        again();
      }
    });
  }

  void heal() {
    healed = true;
  }

  boolean finished() {
    return ended != null;
  }

  /** What is not over, null if nothing. */
  @Nullable String waitsFor() {
    if (!begun || ended != null) {
      return null;
    }
    return id + (started == null ? " was not started" : " was started and has not ended") + "; program " + program;
  }

  /** Asks for what comes next, now. */
  private void again() {
    int mine = ++attempt;
    int node = 1 + random.nextInt(cluster.nodes());
    world.after(ATTEMPT_NANOS, World.NOBODY, EventKind.CLIENT, () -> {
      if (mine == attempt) {
        again();
      }
    });
    boolean starting = started == null || askedAgain > 0 && random.chance(0.3);
    cluster.onNode(node, engine -> {
      if (starting) {
        ask(engine, node, mine);
      } else {
        await(engine, node, mine);
      }
    });
  }

  private void ask(WorkflowEngine engine, int node, int mine) {
    byte[] input = ("\"" + program + "\"").getBytes(StandardCharsets.UTF_8);
    var _ = engine.start(Program.TYPE, version.getAsInt(), id, input).whenComplete((run, refused) ->
        later(() -> {
          if (run != null) {
            accepted(run, node);
          } else {
            marks.hit(Mark.COMMAND_REFUSED);
          }
          next(mine);
        }));
  }

  private void await(WorkflowEngine engine, int node, int mine) {
    var _ = engine.awaitEnd(id).whenComplete((end, refused) -> {
      RunDescription run = end == null ? null : engine.describe(id);
      later(() -> {
        if (end != null) {
          over(end, Objects.requireNonNull(run), node);
        }
        next(mine);
      });
    });
  }

  /** On the way from the node to the client. */
  private void later(Runnable action) {
    world.after(100_000 + random.exponential(300_000), World.NOBODY, EventKind.CLIENT, action);
  }

  private void next(int mine) {
    if (mine != attempt) {
      return;
    }
    attempt++;
    if (ended == null) {
      world.after(random.exponential(RETRY_NANOS), World.NOBODY, EventKind.CLIENT, this::again);
    } else if (!healed && askedAgain++ < MAX_ASKED_AGAIN) {
      world.after(random.exponential(ASK_AGAIN_NANOS), World.NOBODY, EventKind.CLIENT, this::again);
    }
  }

  private void accepted(StartedRun run, int node) {
    StartedRun known = started;
    world.note(run.run());
    if (known == null) {
      started = run;
    } else if (run.run() != known.run()) {
      cluster.violated(Invariant.I11_NO_LOST_WORKFLOW, node,
          "one run for workflow id " + id + ", number " + known.run(), "run " + run.run());
    }
  }

  private void over(RunEnd end, RunDescription run, int node) {
    RunEnd known = ended;
    if (known == null) {
      ended = end;
      marks.hit(Mark.WORKFLOW_FINISHED);
      cluster.traceWorkflow(
          0, id + " of version " + run.summary().version() + " has ended: " + end.status() + " " + end.result());
      String wrong = ProgramCheck.check(program, run, ledger.calls(id));
      if (wrong != null) {
        cluster.violated(Invariant.I9_JOURNAL, node, "a run of " + id + " that its program can have", wrong);
      }
    } else if (!known.equals(end)) {
      cluster.violated(Invariant.I9_JOURNAL, node, "the end of " + id + " to stay " + known, "" + end);
    }
  }
}
