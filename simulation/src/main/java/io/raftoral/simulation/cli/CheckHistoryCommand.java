package io.raftoral.simulation.cli;

import io.raftoral.simulation.history.CasRegister;
import io.raftoral.simulation.history.JepsenHistory;
import io.raftoral.simulation.linearizability.CheckResult;
import io.raftoral.simulation.linearizability.LinearizabilityChecker;
import io.raftoral.simulation.linearizability.Operation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says whether histories of registers, as Jepsen prints them, are linearizable. */
@Command(
    name = "check-history",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCodes.USAGE,
    description = "Says whether register histories in Jepsen's EDN or log format are linearizable.",
    footer = "Exit codes: 0 all are linearizable, 1 one is not, 2 one could not be decided within the budget, 5 wrong usage.")
public final class CheckHistoryCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files with one history each.")
  private List<Path> files = List.of();

  @Option(
      names = "--budget",
      defaultValue = "" + LinearizabilityChecker.DEFAULT_BUDGET_STEPS,
      description = "Steps that the search of one history may take (default: ${DEFAULT-VALUE}).")
  private long budget = LinearizabilityChecker.DEFAULT_BUDGET_STEPS;

  @Option(names = "--initial", defaultValue = "nil", description = "What the registers hold at first (default: nil).")
  private String initial = "nil";

  private final PrintStream console;

  /** The command, speaking to standard output. */
  public CheckHistoryCommand() {
    this(System.out);
  }

  CheckHistoryCommand(PrintStream console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    int worst = ExitCodes.OK;
    for (Path file : files) {
      CheckResult result;
      int size;
      try {
        List<Operation<CasRegister.Call, String>> operations = JepsenHistory.read(Files.readString(file));
        size = operations.size();
        result = new LinearizabilityChecker(budget).check(new CasRegister(initial), operations);
      } catch (IOException e) {
        console.println("check-history: cannot read " + file + ": " + e.getMessage());
        return ExitCodes.USAGE;
      } catch (IllegalArgumentException e) {
        console.println("check-history: " + file + " is no history: " + e.getMessage());
        return ExitCodes.USAGE;
      }
      console.println(file + ": " + result.verdict() + " (" + size + " operations, " + result.steps() + " steps)");
      switch (result.verdict()) {
        case LINEARIZABLE -> {}
        case UNKNOWN -> worst = worst == ExitCodes.SAFETY ? worst : ExitCodes.LIVENESS;
        case ILLEGAL -> {
          console.print(result.explained());
          worst = ExitCodes.SAFETY;
        }
      }
    }
    return worst;
  }
}
