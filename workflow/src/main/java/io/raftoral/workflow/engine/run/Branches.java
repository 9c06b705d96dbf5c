package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.BranchFailedException;
import io.raftoral.workflow.WorkflowCancelledException;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Structured parallel branches. A branch has a thread and a journal of its own; which position an operation has depends
 * on its branch alone, never on how threads are scheduled. What does depend on that, which branch decides, is an outcome
 * of the branch that has forked them.
 *
 * <p>Whoever forks waits until all branches have ended, the losers too: nothing of them is left when it goes on. It
 * decides only by branches whose outcomes are all committed; otherwise its decision could survive them.
 */
final class Branches {
  /** How many branches may be forked at once. */
  static final int MAX_BRANCHES = 10_000;

  private static final String LOST = "another branch was decisive";
  private static final int TOGETHER = -1;
  private static final Result DONE = new Result.Value("null".getBytes(StandardCharsets.UTF_8));

  private final RunContext context;
  private final Incarnation life;

  Branches(RunContext context, Incarnation life) {
    this.context = context;
    this.life = life;
  }

  /** One branch on its way. The results are written by its thread before it is over, and read after. */
  private static final class Task<T extends @Nullable Object> {
    private final Lane lane;
    private @Nullable T value;
    private @Nullable Throwable thrown;

    Task(Lane lane) {
      this.lane = lane;
    }

    boolean failed() {
      return thrown != null;
    }
  }

  @SuppressWarnings("NullAway") // a value is null only if T may be
  <T extends @Nullable Object> List<T> all(List<? extends Callable<? extends T>> codes) {
    if (codes.isEmpty()) {
      return List.of();
    }
    List<Task<T>> tasks = new ArrayList<>();
    int decidedBy = join(Outcome.Join.ALL, codes, tasks);
    if (decidedBy != TOGETHER) {
      throw rethrown(tasks.get(decidedBy));
    }
    List<T> values = new ArrayList<>();
    for (Task<T> task : tasks) {
      values.add(task.value);
    }
    return values;
  }

  @SuppressWarnings("NullAway") // likewise
  <T extends @Nullable Object> T one(Outcome.Join join, List<? extends Callable<? extends T>> codes) {
    if (codes.isEmpty()) {
      throw new IllegalArgumentException("there is no branch that could be decisive");
    }
    List<Task<T>> tasks = new ArrayList<>();
    int decidedBy = join(join, codes, tasks);
    Task<T> decisive = tasks.get(Math.max(0, decidedBy));
    if (decisive.failed()) {
      throw rethrown(decisive);
    }
    return decisive.value;
  }

  /** Runs the branches; returns which was decisive. All are over then. */
  private <T extends @Nullable Object> int join(
      Outcome.Join join, List<? extends Callable<? extends T>> codes, List<Task<T>> tasks) {
    int count = codes.size();
    if (count > MAX_BRANCHES) {
      throw new IllegalArgumentException(
          count + " branches are more than the " + MAX_BRANCHES + " that may be forked at once; start children instead");
    }
    Lane parent = context.lane();
    boolean[] forkedHere = {false};
    context.performCancellable(
        new Operation.Fork(join, count),
        () -> {
          forkedHere[0] = true;
          return new Outcome.Forked(join, count);
        });
    // The base of a branch whose fork is not in the journal yet: its first outcome continues its forker's.
    long emptyBase = forkedHere[0] ? -1 : 0;
    start(parent, emptyBase, codes, tasks);
    Outcome joined =
        context.await(
            new Operation.Joining(),
            new Waiting() {
              @Override
              public @Nullable Outcome come() {
                return decide(join, tasks);
              }

              @Override
              public boolean cancellable() {
                // The branches learn of it, and the forker by what becomes of them.
                return false;
              }
            });
    int decidedBy = ((Outcome.Joined) joined).decidedBy();
    release(parent, tasks, decidedBy);
    if (decidedBy != TOGETHER && tasks.get(decidedBy).lane.state().wasCancelled()) {
      parent.state().cancelDelivered();
    }
    return decidedBy;
  }

  private <T extends @Nullable Object> void start(
      Lane parent, long emptyBase, List<? extends Callable<? extends T>> codes, List<Task<T>> tasks) {
    long position = parent.cursor();
    life.atomically(
        () -> {
          for (int i = 0; i < codes.size(); i++) {
            Branch branch = parent.branch().child(position, i);
            Task<T> task = new Task<>(life.fork(branch, parent, emptyBase));
            Callable<? extends T> code = codes.get(i);
            tasks.add(task);
            task.lane.start(context.workflowId() + "/" + branch.label(), () -> run(context, task, code));
          }
        });
  }

  private static <T extends @Nullable Object> void run(
      RunContext context, Task<T> task, Callable<? extends T> code) {
    Result result = DONE;
    try {
      task.value = ScopedValue.where(Current.CONTEXT, context).call(code::call);
    } catch (Unwind discarded) {
      throw discarded;
    } catch (Throwable thrown) {
      task.thrown = thrown;
      result = Result.Failure.of(thrown);
    }
    if (task.lane.take(new Operation.BranchEnd(result)) == null) {
      task.lane.produce(new Outcome.BranchEnded(result));
    }
    task.lane.ended();
  }

  private <T extends @Nullable Object> @Nullable Outcome decide(Outcome.Join join, List<Task<T>> tasks) {
    int[] decidedBy = {TOGETHER};
    boolean[] all = {true};
    life.atomically(
        () -> {
          for (int i = 0; i < tasks.size() && decidedBy[0] == TOGETHER; i++) {
            Task<T> task = tasks.get(i);
            if (!task.lane.isOver() || !task.lane.settled()) {
              all[0] = false;
            } else if (join == Outcome.Join.RACE || task.failed() == (join == Outcome.Join.ALL)) {
              decidedBy[0] = i;
            }
          }
        });
    return decidedBy[0] != TOGETHER || all[0] ? new Outcome.Joined(decidedBy[0]) : null;
  }

  /** Tells those that have lost, and waits until all are over. */
  private <T extends @Nullable Object> void release(Lane parent, List<Task<T>> tasks, int decidedBy) {
    if (decidedBy != TOGETHER) {
      life.atomically(
          () -> {
            for (Task<T> task : tasks) {
              if (!task.lane.isOver() && task != tasks.get(decidedBy)) {
                task.lane.state().cancel(LOST);
              }
            }
            // Those that they have forked are to end as well.
            life.cancelRequested();
          });
    }
    parent.parkUntil(() -> tasks.stream().allMatch(task -> task.lane.isOver()));
    life.atomically(() -> tasks.forEach(task -> life.forget(task.lane.branch())));
  }

  private static RuntimeException rethrown(Task<?> task) {
    return switch (task.thrown) {
      case WorkflowCancelledException cancelled -> cancelled;
      case RuntimeException thrown -> thrown;
      case Error error -> throw error;
      case null -> new IllegalStateException("a branch that did not fail");
      case Throwable checked -> new BranchFailedException("a branch failed: " + checked, checked);
    };
  }
}
