package io.raftoral.examples.cli;

import io.raftoral.examples.samples.SampleWorkflows;
import io.raftoral.examples.service.FileLedger;
import io.raftoral.examples.service.HttpLedger;
import io.raftoral.examples.service.Ledger;
import io.raftoral.examples.text.Screen;
import io.raftoral.workflow.NodeBuilder;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code node}: one node of a cluster, with the sample workflows, until it is told to stop. */
@Command(
    name = "node",
    description = "Run one node of a cluster, with the sample workflows, until SIGTERM or Ctrl-C.",
    mixinStandardHelpOptions = true)
public final class NodeCommand implements Callable<Integer> {
  private static final Duration SERVICE_LATENCY = Duration.ofMillis(2);

  private final Screen screen;

  @Option(names = "--id", required = true, paramLabel = "NAME", description = "This node's name, one of --peers.")
  private String id = "";

  @Option(names = "--listen", required = true, paramLabel = "HOST:PORT", description = "Where to accept connections.")
  private String listen = "";

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description = "Where others reach this node, if that is not where it listens.")
  private @Nullable String advertise;

  @Option(
      names = "--peers",
      required = true,
      paramLabel = "LIST",
      description = "All nodes, this one included: n1=host:port,n2=host:port,n3=host:port.")
  private String peers = "";

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Where it keeps its log and state.")
  private Path data = Path.of("");

  @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster's name (default: ${DEFAULT-VALUE}).")
  private String cluster = "raftoral";

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description = {
        "Encrypt and authenticate all connections, with ca.pem, NAME.pem and NAME.key in this directory.",
        "See certs --help."
      })
  private @Nullable Path tls;

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      description = "Serve metrics there for Prometheus, at /metrics, to whoever asks: see docs/metrics.md.")
  private @Nullable String metricsAddress;

  @Option(names = "--insecure", description = "Allow unencrypted connections to other machines than this one.")
  private boolean insecure;

  @Option(
      names = "--effects-url",
      paramLabel = "URL",
      description = "POST the side effects of the sample workflows there, as JSON.")
  private @Nullable String effectsUrl;

  @Option(
      names = "--ledger",
      paramLabel = "FILE",
      description = "Without --effects-url: append the side effects to this file (default: DIR/ledger.jsonl).")
  private @Nullable Path ledgerFile;

  /** The command, writing to {@code screen}. */
  public NodeCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch failed = new CountDownLatch(1);
    Ledger ledger = ledger();
    RaftoralNode node;
    MetricsServer metrics = null;
    try {
      metrics = metricsAddress == null ? null : MetricsServer.open(metricsAddress);
      node = builder(ledger, failed).start();
      if (metrics != null) {
        metrics.serve(node);
      }
    } catch (RuntimeException e) {
      if (metrics != null) {
        metrics.close();
      }
      ledger.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, ledger), "stop"));
    screen.line(
        id + " is ready: listens on " + node.address() + ", cluster " + cluster + (tls == null ? "" : ", with TLS")
            + ", data in " + data.toAbsolutePath());
    // A signal ends the process from elsewhere; this thread is woken only when the node gives up.
    failed.await();
    screen.err().println("raftoral: node " + id + " stopped because going on would have been unsafe; see its log");
    return ExitCode.FAILED;
  }

  private NodeBuilder builder(Ledger ledger, CountDownLatch failed) {
    NodeBuilder builder =
        Raftoral.node(id)
            .listen(listen)
            .peers(peers)
            .dataDir(data)
            .cluster(cluster)
            .listener(new LoggingListener(failed));
    if (advertise != null) {
      builder.advertise(advertise);
    }
    if (tls != null) {
      builder.tls(tls);
    }
    if (insecure) {
      builder.insecure();
    }
    SampleWorkflows.all(ledger, SERVICE_LATENCY).forEach(builder::register);
    return builder;
  }

  private Ledger ledger() {
    if (effectsUrl != null) {
      try {
        return new HttpLedger(effectsUrl);
      } catch (IllegalArgumentException e) {
        throw new UsageException("--effects-url: " + e.getMessage());
      }
    }
    return new FileLedger(ledgerFile == null ? data.resolve("ledger.jsonl") : ledgerFile);
  }

  private void stop(RaftoralNode node, Ledger ledger) {
    Logger log = LoggerFactory.getLogger(NodeCommand.class);
    log.info("stopping");
    node.close();
    ledger.close();
    log.info("stopped");
  }

  /** Says in the log what an operator wants to know. */
  private static final class LoggingListener implements NodeListener {
    private static final Logger LOG = LoggerFactory.getLogger("node");

    private final CountDownLatch failed;

    LoggingListener(CountDownLatch failed) {
      this.failed = failed;
    }

    @Override
    public void activated(String node, long term) {
      LOG.info("{} is active in term {}", node, term);
    }

    @Override
    public void deactivated(String node, long term) {
      LOG.info("{} is passive; it was active in term {}", node, term);
    }

    @Override
    public void runBlocked(String node, String workflowId, String problem) {
      LOG.error("{} cannot go on with {}: {}", node, workflowId, problem);
    }

    @Override
    public void failed(String node, Throwable cause) {
      LOG.error("{} stops", node, cause);
      failed.countDown();
    }
  }
}
