package io.raftoral.examples;

import io.raftoral.benchmarks.command.BenchCommand;
import io.raftoral.examples.cli.CertsCommand;
import io.raftoral.examples.cli.ClientCommands;
import io.raftoral.examples.cli.Failures;
import io.raftoral.examples.cli.InspectCommand;
import io.raftoral.examples.cli.Logging;
import io.raftoral.examples.cli.NodeCommand;
import io.raftoral.examples.demo.DemoCommand;
import io.raftoral.examples.text.Screen;
import io.raftoral.simulation.cli.SimulateCommand;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;

/** The whole command line, from arguments to exit code. */
public final class RaftoralCli {
  /** Narrower than this picocli cannot lay out its help. */
  private static final int MIN_HELP_WIDTH = 55;

  private final Screen screen;
  private final Map<String, String> environment;

  /**
   * A command line.
   *
   * @param environment the process's variables
   */
  public RaftoralCli(Screen screen, Map<String, String> environment) {
    this.screen = screen;
    this.environment = environment;
  }

  /** Runs one command, and returns its {@link io.raftoral.examples.cli.ExitCode}. */
  public int run(String... args) {
    Failures failures = new Failures(screen);
    return new CommandLine(new Root())
        .addSubcommand(new DemoCommand(screen))
        .addSubcommand(new NodeCommand(screen))
        .addSubcommand(ClientCommands.workflow(screen, environment))
        .addSubcommand(ClientCommands.cluster(screen, environment))
        .addSubcommand(new CertsCommand(screen))
        .addSubcommand(new InspectCommand(screen))
        .addSubcommand(new SimulateCommand())
        .addSubcommand(new BenchCommand())
        .setExecutionStrategy(RaftoralCli::execute)
        .setOut(screen.out())
        .setErr(screen.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(screen.colour() ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(Math.max(MIN_HELP_WIDTH, screen.width()))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(failures::onParameters)
        .setExecutionExceptionHandler(failures::onExecution)
        .execute(args);
  }

  /** Simulated and killed nodes are in trouble all the time, and log it; the command itself tells what matters. */
  private static int execute(ParseResult parsed) {
    if (parsed.hasSubcommand() && isLoud(parsed.subcommand().commandSpec().userObject())) {
      Logging.quiet();
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static boolean isLoud(Object command) {
    return command instanceof SimulateCommand || command instanceof BenchCommand;
  }

  @Command(
      name = "raftoral",
      description = "Workflows that survive the machines they run on.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 refused, 4 outcome unknown;",
        "simulate has its own: see simulate --help.",
        "Begin with: raftoral demo"
      })
  private static final class Root extends ClientCommands.Group {}

  /** Where the version comes from: the jar's manifest, or the build's own number for classes in a directory. */
  static final class Version implements CommandLine.IVersionProvider {
    private static final String UNPACKAGED = "0.1.0";

    @Override
    public String[] getVersion() {
      String packaged = RaftoralCli.class.getPackage().getImplementationVersion();
      return new String[] {
        "raftoral " + (packaged == null ? UNPACKAGED : packaged) + " on Java " + Runtime.version()
      };
    }
  }
}
