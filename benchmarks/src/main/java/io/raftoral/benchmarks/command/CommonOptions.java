package io.raftoral.benchmarks.command;

import io.raftoral.benchmarks.load.Machine;
import io.raftoral.benchmarks.load.Progress;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What every benchmark takes, and the ways out of it: table, progress, JSON. */
final class CommonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--nodes", defaultValue = "3", description = "Nodes in this JVM, 1 to 9 (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the nodes keep their data, in a directory of their own that is removed afterwards; decides"
          + " which disk is measured (default: the system's temporary directory).")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(names = "--json", paramLabel = "FILE", description = "Appends every figure to FILE, one JSON object a line.")
  private @Nullable Path json;

  /** The nodes asked for. */
  int nodes() {
    return checked("--nodes", nodes, 1, 9);
  }

  /** {@code value}, if it is within bounds. */
  int checked(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw usage(option + " is from " + least + " to " + most + ", but is " + value);
    }
    return value;
  }

  ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  Progress progress() {
    return new Progress(spec.commandLine().getErr(), isTerminal());
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  /** Says what is measured and where. */
  void introduce(String what) {
    out().println(what);
    out().println(Machine.here().line());
    out().println();
    out().flush();
  }

  /** Prints a line of a table. */
  void print(String line) {
    out().println(line);
    out().flush();
  }

  /** A new directory for the nodes of one cluster. */
  Path newDirectory() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw usage("--dir " + directory + " is not a directory");
    }
    return Files.createTempDirectory(directory, "raftoral-bench-");
  }

  /** Removes what {@link #newDirectory()} made, with everything in it. */
  static void remove(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** An object to be filled and given to {@link #record}. */
  static ObjectNode figures(String benchmark) {
    return JsonMapper.shared().createObjectNode().put("system", "raftoral").put("benchmark", benchmark);
  }

  /** Appends figures, with the machine they come from, to the file that was asked for, if one was. */
  void record(ObjectNode figures) throws IOException {
    if (json != null) {
      figures.set("machine", JsonMapper.shared().valueToTree(Machine.here()));
      Files.writeString(
          json,
          JsonMapper.shared().writeValueAsString(figures) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  /** A whole number with separators. */
  static String count(double value) {
    return String.format("%,.0f", value);
  }

  /** Likewise. */
  static String count(long value) {
    return String.format("%,d", value);
  }

  /** A number with one decimal. */
  static String tenths(double value) {
    return String.format("%,.1f", value);
  }
}
