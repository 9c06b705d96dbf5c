package io.raftoral.benchmarks.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the benchmarks of whole clusters. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "BENCHMARK",
    description = "Measures whole clusters in this JVM: production parts, loopback TCP, RocksDB, synced.",
    footer = {
      "",
      "Figures depend on the machine, its disk and whatever else runs there; compare only figures of one run.",
    },
    subcommands = {CheckpointsCommand.class, WorkflowsCommand.class, FailoverCommand.class, MemoryCommand.class})
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command on its own. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new BenchCommand()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which benchmark.");
  }
}
