package io.raftoral.examples.demo;

import io.raftoral.examples.cli.ExitCode;
import io.raftoral.examples.cli.Logging;
import io.raftoral.examples.cli.UsageException;
import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrdersFile;
import io.raftoral.examples.orders.OrdersFileException;
import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Tone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}. */
@Command(
    name = "demo",
    description = {
      "Run a workflow for each order on three nodes, kill the leader in the middle, and show what became of the work.",
      "Exit code 0 only if every promise was kept."
    },
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  private static final int MAX_BASE_PORT = 65_533;
  private static final int DEFAULT_KILL_PERCENT = 40;

  private final Screen screen;

  @Option(
      names = "--orders",
      paramLabel = "FILE",
      description = "Orders to work on, as JSON (default: examples/orders.json of the repository).")
  private @Nullable Path ordersFile;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the nodes keep their data (default: a temporary directory, removed after success).")
  private @Nullable Path data;

  @Option(
      names = "--base-port",
      paramLabel = "PORT",
      description = "The nodes listen on this port of 127.0.0.1 and the next two (default: any free ones).")
  private int basePort;

  @Option(
      names = "--kill-after",
      paramLabel = "N",
      description = "Kill the leader when N checkpoints are committed (default: 40 %% of those the orders make).")
  private @Nullable Long killAfter;

  @Option(names = "--all", description = "List every order, however many there are.")
  private boolean all;

  /** The command, writing to {@code screen}. */
  public DemoCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Order> orders = readOrders();
    long moment = killMoment(orders);
    if (basePort < 0 || basePort > MAX_BASE_PORT) {
      throw new UsageException("--base-port must be 1 to " + MAX_BASE_PORT + ", but is " + basePort);
    }
    try (Workspace workspace = Workspace.open(data, screen)) {
      Logging.toFile(workspace.directory().resolve("demo.log"));
      boolean ok = run(orders, moment, workspace);
      if (ok) {
        workspace.discardable();
      }
      return ok ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException e) {
      throw new UsageException("the temporary directory cannot be removed: " + e);
    }
  }

  private boolean run(List<Order> orders, long moment, Workspace workspace) throws InterruptedException {
    Timeline timeline = new Timeline(screen);
    Demo demo = new Demo(orders, workspace.directory(), basePort, moment, timeline);
    Evidence evidence;
    try {
      evidence = demo.run();
    } catch (DemoFailedException e) {
      screen.line("");
      screen.line("What went wrong:", Tone.BAD);
      screen.line("  - " + e.getMessage());
      screen.line("  - data and log are in " + workspace.directory());
      screen.line("");
      screen.line("demo: failed", Tone.BAD);
      return false;
    } catch (RuntimeException e) {
      // A port in use and the like: nothing has happened that would be worth keeping.
      timeline.done();
      workspace.discardable();
      throw e;
    }
    Verdict verdict = Verdict.of(evidence);
    screen.line("");
    new Report(screen, evidence, verdict).print(all);
    if (!verdict.ok()) {
      screen.err().println("raftoral: data and log are in " + workspace.directory());
    }
    return verdict.ok();
  }

  private List<Order> readOrders() {
    Path file = ordersFile;
    if (file == null) {
      Path root = Path.of(System.getProperty("raftoral.root", ""));
      file = root.resolve("examples").resolve("orders.json");
    }
    try {
      return OrdersFile.read(file);
    } catch (OrdersFileException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private long killMoment(List<Order> orders) {
    long checkpoints = Demo.checkpoints(orders);
    if (killAfter == null) {
      return Math.max(1, checkpoints * DEFAULT_KILL_PERCENT / 100);
    }
    if (killAfter < 1 || killAfter > checkpoints) {
      throw new UsageException(
          "--kill-after must be 1 to " + checkpoints + ", the checkpoints that these orders make, but is " + killAfter);
    }
    return killAfter;
  }

  /** Where the nodes' directories are: given by the user and left alone, or temporary. */
  private static final class Workspace implements AutoCloseable {
    private final Path directory;
    private final boolean temporary;
    private final Thread interrupted;
    private boolean discardable;

    private Workspace(Path directory, boolean temporary, Screen screen) {
      this.directory = directory;
      this.temporary = temporary;
      interrupted =
          new Thread(() -> screen.err().println("raftoral: interrupted; the nodes' data is left in " + directory));
      Runtime.getRuntime().addShutdownHook(interrupted);
    }

    static Workspace open(@Nullable Path given, Screen screen) {
      if (given != null && Files.exists(given) && !Files.isDirectory(given)) {
        throw new UsageException("--data " + given + ": is not a directory");
      }
      try {
        return given == null
            ? new Workspace(Files.createTempDirectory("raftoral-demo-"), true, screen)
            : new Workspace(Files.createDirectories(given), false, screen);
      } catch (IOException e) {
        String what = given == null ? "a temporary directory" : "--data " + given;
        throw new UsageException(what + ": cannot be created (" + e.getClass().getSimpleName() + ")");
      }
    }

    Path directory() {
      return directory;
    }

    void discardable() {
      discardable = true;
    }

    @Override
    public void close() throws IOException {
      Runtime.getRuntime().removeShutdownHook(interrupted);
      if (temporary && discardable) {
        DirectoryRemoval.remove(directory);
      }
    }
  }
}
