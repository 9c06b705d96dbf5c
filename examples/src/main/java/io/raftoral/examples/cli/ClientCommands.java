package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands that talk to a cluster, in their groups. */
public final class ClientCommands {
  private ClientCommands() {}

  /** {@code workflow} and its subcommands. */
  public static CommandLine workflow(Screen screen, Map<String, String> environment) {
    return new CommandLine(new WorkflowGroup())
        .addSubcommand(new StartCommand(screen, new ClientOptions(environment)))
        .addSubcommand(new ResultCommand(screen, new ClientOptions(environment)))
        .addSubcommand(new DescribeCommand(screen, new ClientOptions(environment)))
        .addSubcommand(new ListCommand(screen, new ClientOptions(environment)))
        .addSubcommand(new HistoryCommand(screen, new ClientOptions(environment)))
        .addSubcommand(new ReplicasCommand.Look(screen, new ClientOptions(environment)))
        .addSubcommand(new ReplicasCommand.Retry(screen, new ClientOptions(environment)))
        .addSubcommand(new ReplicasCommand.Skip(screen, new ClientOptions(environment)));
  }

  /** {@code cluster} and its subcommands. */
  public static CommandLine cluster(Screen screen, Map<String, String> environment) {
    return new CommandLine(new ClusterGroup())
        .addSubcommand(new StatusCommand(screen, new ClientOptions(environment)));
  }

  /** A command that does nothing but hold others: to call it alone is a mistake. */
  public abstract static class Group implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
      CommandSpec known = Objects.requireNonNull(spec, "picocli sets this");
      throw new ParameterException(
          known.commandLine(), "a command is missing: " + String.join(", ", known.subcommands().keySet()));
    }
  }

  @Command(
      name = "workflow",
      description = "Start workflows, and ask about them.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true)
  private static final class WorkflowGroup extends Group {}

  @Command(
      name = "cluster",
      description = "Ask about the nodes.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true)
  private static final class ClusterGroup extends Group {}
}
