package io.raftoral.examples.cli;

import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all commands that talk to a cluster have in common. */
final class ClientOptions {
  /** The variable that saves typing {@code --peers}. */
  static final String PEERS_VARIABLE = "RAFTORAL_PEERS";

  /** The variable that saves typing {@code --tls}. */
  static final String TLS_VARIABLE = "RAFTORAL_TLS";

  /** The client's certificate that {@code certs} makes unless told otherwise. */
  static final String DEFAULT_CERTIFICATE = "client";

  private static final String DEFAULT_PEERS = "127.0.0.1:7101,127.0.0.1:7102,127.0.0.1:7103";

  private final Map<String, String> environment;

  @Option(
      names = "--peers",
      paramLabel = "LIST",
      description = {
        "Nodes to ask: n1=host:port,n2=host:port or just host:port. One that answers is enough.",
        "Default: $" + PEERS_VARIABLE + ", or else " + DEFAULT_PEERS + "."
      })
  private String peers = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long to try, for example 500ms, 10s or 2m (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description = {
        "Encrypt and authenticate, with ca.pem and the client's certificate in this directory.",
        "Default: $" + TLS_VARIABLE + "."
      })
  private @Nullable Path tls;

  @Option(
      names = "--tls-name",
      paramLabel = "NAME",
      description = "Whose certificate to use: NAME.pem and NAME.key (default: ${DEFAULT-VALUE}).")
  private String certificate = DEFAULT_CERTIFICATE;

  @Option(names = "--insecure", description = "Allow unencrypted connections to other machines than this one.")
  private boolean insecure;

  @Option(names = "--json", description = "Print the answer as one line of JSON.")
  private boolean json;

  ClientOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  RaftoralClient connect() {
    Logging.quiet();
    String list = peers.isEmpty() ? environment.getOrDefault(PEERS_VARIABLE, DEFAULT_PEERS) : peers;
    return RaftoralClient.connect(
        io.raftoral.workflow.ClientOptions.of(addresses(list))
            .withTimeout(timeout)
            .withTls(certificates())
            .withInsecure(insecure));
  }

  private @Nullable Tls certificates() {
    String fromEnvironment = environment.getOrDefault(TLS_VARIABLE, "");
    if (tls != null) {
      return Tls.in(tls, certificate);
    }
    return fromEnvironment.isEmpty() || insecure ? null : Tls.in(Path.of(fromEnvironment), certificate);
  }

  Duration timeout() {
    return timeout;
  }

  boolean json() {
    return json;
  }

  /** The addresses of a list of peers, with or without the names of the nodes. */
  static List<String> addresses(String peers) {
    List<String> addresses = new ArrayList<>();
    for (String peer : peers.split(",", -1)) {
      String address = peer.substring(peer.indexOf('=') + 1).strip();
      if (!address.matches(".+:[0-9]{1,5}")) {
        throw new UsageException("--peers: \"" + peer.strip() + "\" is no host:port, nor name=host:port");
      }
      addresses.add(address);
    }
    return addresses;
  }
}
