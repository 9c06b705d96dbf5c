package io.raftoral.simulation.cli;

import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.check.Violation;
import io.raftoral.simulation.plan.PlanGenerator;
import io.raftoral.simulation.plan.PlanJson;
import io.raftoral.simulation.plan.PlanShrinker;
import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.planted.PlantedBug;
import io.raftoral.simulation.planted.PlantedSearch;
import io.raftoral.simulation.run.DeterminismCheck;
import io.raftoral.simulation.run.FailureReport;
import io.raftoral.simulation.run.Regressions;
import io.raftoral.simulation.run.RunResult;
import io.raftoral.simulation.run.SeedRunner;
import io.raftoral.simulation.run.Simulation;
import io.raftoral.simulation.trace.ColumnTrace;
import io.raftoral.simulation.trace.Trace;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs whole simulated clusters from seeds, or one from a plan file.
 *
 * <p>Exit codes: 0 all invariants held; 1 safety, 2 liveness, 3 crash or assertion, 4 non-determinism; 5 wrong usage.
 */
@Command(
    name = "simulate",
    subcommands = CheckHistoryCommand.class,
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCodes.USAGE,
    exitCodeOnExecutionException = ExitCodes.CRASH,
    description = "Runs simulated clusters with faults and checks them after every event.",
    footer = {
      "Exit codes: 0 all invariants held, 1 safety violated, 2 liveness violated,",
      "3 crash or assertion, 4 the same seed gave two different runs, 5 wrong usage."
    })
public final class SimulateCommand implements Callable<Integer> {
  /** Seeds after which a run counts as long: then every mark must have been hit. */
  private static final int LONG_RUN_SEEDS = 2_000;

  @Option(names = "--seeds", defaultValue = "1..200", description = "One seed or a range (default: ${DEFAULT-VALUE}).")
  private String seeds = "1..200";

  @Option(names = "--nodes", defaultValue = "0", description = "Voters, 1 to 9 (default: drawn from the seed).")
  private int nodes;

  @Option(
      names = "--profile",
      defaultValue = "swarm",
      description = "Which faults: swarm, election, partition, crash, disk, membership, workflow, upgrade (default: swarm).")
  private String profile = "swarm";

  @Option(names = "--time-limit", description = "Stops after this wall-clock time, such as 90s or 10m.")
  private @Nullable String timeLimit;

  @Option(names = "--plan", description = "Replays the plan in this file instead of drawing plans from seeds.")
  private @Nullable Path planFile;

  @Option(names = "--log", defaultValue = "none", description = "full: prints every event of the run (one seed or plan).")
  private String log = "none";

  @Option(names = "--jobs", defaultValue = "1", description = "Threads; each runs a seed of its own (default: 1).")
  private int jobs;

  @Option(names = "--stats", description = "Prints rates and how often each rare path was taken.")
  private boolean stats;

  @Option(names = "--twice", description = "Runs every seed twice and compares the hashes over all events.")
  private boolean twice;

  @Option(names = "--shrink-runs", defaultValue = "400", description = "Runs that shrinking may take (default: 400).")
  private int shrinkRuns = PlanShrinker.DEFAULT_BUDGET_RUNS;

  @Option(
      names = "--out",
      defaultValue = "simulation-failures",
      description = "Where plans and time lines of failures go (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("simulation-failures");

  @Option(
      names = "--planted",
      description = "Plants this bug into the production classes, or all of them one by one, and looks for it.")
  private @Nullable String planted;

  @Option(names = "--max-seeds", defaultValue = "2000", description = "Seeds to find a planted bug in (default: 2000).")
  private long maxSeeds;

  private final PrintStream console;

  /** The command, speaking to standard output. */
  public SimulateCommand() {
    this(System.out);
  }

  SimulateCommand(PrintStream console) {
    this.console = console;
  }

  /** Runs the command on its own. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SimulateCommand()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      if (!log.equals("none") && !log.equals("full")) {
        throw new IllegalArgumentException("--log is none or full, but is " + log);
      }
      String bug = planted;
      if (bug != null) {
        return plantedBugs(bug);
      }
      Path file = planFile;
      return file != null ? one(PlanJson.read(file)) : many();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      console.println("simulate: " + e.getMessage());
      return ExitCodes.USAGE;
    }
  }

  private int plantedBugs(String which) {
    List<PlantedBug> bugs = which.equals("all") ? List.of(PlantedBug.values()) : List.of(PlantedBug.parse(which));
    boolean all = true;
    console.printf("%-40s %8s  %s%n", "planted bug", "seeds", "found by");
    for (PlantedBug bug : bugs) {
      PlantedSearch.Found found = PlantedSearch.search(bug, maxSeeds);
      String invariant = found.invariant();
      all &= invariant != null;
      console.printf(
          "%-40s %8s  %s%n", bug, invariant == null ? "-" : "" + found.seeds(), invariant == null ? "NOT FOUND" : invariant);
    }
    console.println(all ? "simulate: ok, every planted bug was found" : "simulate: a planted bug was not found");
    return all ? ExitCodes.OK : ExitCodes.SAFETY;
  }

  private SimPlan plan(long seed, Profile drawn) {
    return PlanGenerator.generate(seed, drawn, nodes);
  }

  private int one(SimPlan plan) {
    Trace trace = log.equals("full") ? Trace.following(line -> console.println(ColumnTrace.line(line))) : Trace.recent();
    RunResult result = Simulation.run(plan, trace);
    console.printf("seed %d: %d events, hash %016x%n", plan.seed(), result.counts().events(), result.hash());
    Violation violation = result.violation();
    if (violation == null) {
      console.println("simulate: ok");
      return ExitCodes.OK;
    }
    console.println("FAILED " + violation);
    console.println();
    if (!log.equals("full")) {
      console.println(ColumnTrace.render(result.trace(), plan.allNodes()));
    }
    return ExitCodes.of(violation.invariant());
  }

  private int many() throws InterruptedException {
    SeedRange range = SeedRange.parse(seeds);
    Profile drawn = parseProfile();
    if (nodes < 0 || nodes > SimPlan.MAX_NODES) {
      throw new IllegalArgumentException("--nodes is 1 to " + SimPlan.MAX_NODES + ", but is " + nodes);
    }
    if (jobs < 1) {
      throw new IllegalArgumentException("--jobs must be at least 1, but is " + jobs);
    }
    if (log.equals("full")) {
      if (range.count() > 1) {
        throw new IllegalArgumentException("--log full is for one seed: give --seeds N");
      }
      return one(plan(range.first(), drawn));
    }
    if (range.count() > 1 && nodes == 0) {
      int regression = regressions();
      if (regression != ExitCodes.OK) {
        return regression;
      }
    }
    String limit = timeLimit;
    long deadline = limit == null ? Long.MAX_VALUE : Durations.parse(limit).toNanos();
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch summarized = new CountDownLatch(1);
    Thread onInterrupt = Thread.ofPlatform().unstarted(() -> awaitSummary(interrupted, summarized));
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      return run(range, drawn, deadline, interrupted);
    } finally {
      summarized.countDown();
      if (!interrupted.get()) {
        Runtime.getRuntime().removeShutdownHook(onInterrupt);
      }
    }
  }

  /** What failed once is tried first. */
  private int regressions() {
    for (Map.Entry<String, SimPlan> plan : Regressions.plans().entrySet()) {
      RunResult result = Simulation.run(plan.getValue());
      Violation violation = result.violation();
      if (violation != null) {
        console.println("regression plan " + plan.getKey() + " fails again");
        console.println(FailureReport.of(result, shrinkRuns, out).text());
        return ExitCodes.of(violation.invariant());
      }
    }
    return ExitCodes.OK;
  }

  /** Ctrl-C: the runs under way end, and the summary is printed, before the process goes. */
  private static void awaitSummary(AtomicBoolean interrupted, CountDownLatch summarized) {
    interrupted.set(true);
    try {
      summarized.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Profile parseProfile() {
    try {
      return Profile.parse(profile);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "no such profile: " + profile + "; there are " + Arrays.toString(Profile.values()), e);
    }
  }

  private int run(SeedRange range, Profile drawn, long deadlineNanos, AtomicBoolean interrupted)
      throws InterruptedException {
    Progress progress = new Progress(console, range.count());
    List<RunResult> different = new java.util.concurrent.CopyOnWriteArrayList<>();
    SeedRunner[] runner = new SeedRunner[1];
    runner[0] = new SeedRunner(
        seed -> plan(seed, drawn),
        range.first(),
        range.last(),
        () -> interrupted.get() || !different.isEmpty() || progress.elapsed().toNanos() > deadlineNanos,
        result -> {
          if (twice && result.ok() && Simulation.run(result.plan()).hash() != result.hash()) {
            different.add(result);
          }
          progress.tick(runner[0].counts());
        });
    runner[0].run(jobs);
    console.println(progress.line(runner[0].counts()));
    if (stats) {
      console.print(progress.stats(runner[0].counts(), runner[0].marks()));
    }
    if (!different.isEmpty()) {
      SimPlan plan = different.getFirst().plan();
      console.println("simulate: seed " + plan.seed() + " gave two different runs; "
          + DeterminismCheck.firstDifference(plan));
      return ExitCodes.NON_DETERMINISM;
    }
    RunResult failure = runner[0].failure();
    if (failure != null) {
      console.println("seed " + failure.plan().seed() + " failed; shrinking…");
      console.println(FailureReport.of(failure, shrinkRuns, out).text());
      return ExitCodes.of(Objects.requireNonNull(failure.violation()).invariant());
    }
    return summary(range, drawn, runner[0], progress.elapsed());
  }

  private int summary(SeedRange range, Profile drawn, SeedRunner runner, Duration elapsed) {
    if (drawn == Profile.SWARM && runner.counts().runs() >= LONG_RUN_SEEDS) {
      List<Mark> missing = runner.marks().missing(List.of(Mark.values()));
      if (!missing.isEmpty()) {
        console.println("simulate: rare paths that no seed took: " + missing);
        return ExitCodes.LIVENESS;
      }
    }
    console.println("simulate: ok (" + runner.counts().runs() + " of " + range.count() + " seeds in "
        + elapsed.toSeconds() + " s)");
    return ExitCodes.OK;
  }
}
