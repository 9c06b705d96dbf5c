package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.workflow.BranchFailedException;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.UpdateFailedException;
import io.raftoral.workflow.WorkflowCancelledException;
import io.raftoral.workflow.WorkflowFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import tools.jackson.databind.node.ObjectNode;

/** Turns what went wrong into one line, an exit code and, if asked for, JSON. Nobody gets to see a stack trace. */
public final class Failures {
  private final Screen screen;

  /** Reports to {@code screen}. */
  public Failures(Screen screen) {
    this.screen = screen;
  }

  /** The command line itself was wrong. */
  public int onParameters(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    screen.err().println("raftoral: " + complaint(e));
    if (command.getSubcommands().isEmpty()) {
      screen.err().println("Try: raftoral" + path(command) + " --help");
    } else {
      command.usage(screen.err());
    }
    screen.err().flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String complaint(ParameterException e) {
    boolean unknownCommand =
        e instanceof UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && !e.getCommandLine().getSubcommands().isEmpty();
    return unknownCommand
        ? "there is no command " + oneLine(String.join(" ", ((UnmatchedArgumentException) e).getUnmatched()))
        : oneLine(e.getMessage());
  }

  /** A command could not do what it should. */
  public int onExecution(Exception e, CommandLine command, ParseResult parsed) {
    int exitCode = exitCode(e);
    String message = e instanceof RaftoralException || e instanceof UsageException ? e.getMessage() : e.toString();
    if (exitCode == ExitCode.FAILED && !(e instanceof RaftoralException)) {
      // A defect, not an answer: its origin belongs in the log.
      Logger log = LoggerFactory.getLogger(Failures.class);
      log.error("{} failed", command.getCommandName(), e);
    }
    if (command.getParseResult().hasMatchedOption("--json")) {
      screen.line(Json.text(json(e, oneLine(message))));
    }
    screen.err().println("raftoral: " + oneLine(message));
    screen.err().flush();
    return exitCode;
  }

  static int exitCode(Exception e) {
    return switch (e) {
      case UsageException usage -> ExitCode.USAGE;
      case RaftoralException known -> exitCode(known);
      default -> ExitCode.FAILED;
    };
  }

  private static int exitCode(RaftoralException e) {
    return switch (e) {
      case ConfigurationException configuration -> ExitCode.USAGE;
      case LimitExceededException limit -> ExitCode.USAGE;
      case PayloadException payload -> ExitCode.USAGE;
      case RefusedException refused -> ExitCode.REFUSED;
      case NodeStoppedException stopped -> ExitCode.REFUSED;
      case RequestOutcomeUnknownException unknown -> ExitCode.UNKNOWN;
      case OutcomeUnknownException unknown -> ExitCode.FAILED;
      case SideEffectFailedException failed -> ExitCode.FAILED;
      case WorkflowFailedException failed -> ExitCode.FAILED;
      case UpdateFailedException failed -> ExitCode.FAILED;
      case BranchFailedException failed -> ExitCode.FAILED;
      case WorkflowCancelledException cancelled -> ExitCode.FAILED;
    };
  }

  private static ObjectNode json(Exception e, String message) {
    ObjectNode error = Json.object().put("error", kind(exitCode(e)));
    if (e instanceof RefusedException refused) {
      error.put("code", refused.code().name()).put("retryable", refused.retryable());
    }
    if (e instanceof WorkflowFailedException failed) {
      error.put("failureType", failed.failureType()).put("failureMessage", failed.failureMessage());
    }
    return error.put("message", message);
  }

  private static String kind(int exitCode) {
    return switch (exitCode) {
      case ExitCode.USAGE -> "usage";
      case ExitCode.REFUSED -> "refused";
      case ExitCode.UNKNOWN -> "unknown";
      default -> "failed";
    };
  }

  private static String path(CommandLine command) {
    CommandLine parent = command.getParent();
    return parent == null ? "" : path(parent) + " " + command.getCommandName();
  }

  private static String oneLine(@Nullable String message) {
    return String.valueOf(message).strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ");
  }
}
