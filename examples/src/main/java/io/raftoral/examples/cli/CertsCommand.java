package io.raftoral.examples.cli;

import io.raftoral.examples.text.Screen;
import io.raftoral.transport.tls.CertificateIdentity;
import io.raftoral.transport.tls.CertificateProblemException;
import io.raftoral.transport.tls.DevelopmentAuthority;
import io.raftoral.transport.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code certs}: an authority for development, and certificates for nodes and clients. */
@Command(
    name = "certs",
    description = {
      "Make an authority for development, and certificates for nodes and clients.",
      "An authority that DIR has already is used again; certificates that are named are made anew, and running nodes"
          + " take them up within a second or two."
    },
    mixinStandardHelpOptions = true)
public final class CertsCommand implements Callable<Integer> {
  private final Screen screen;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write them; created if missing.")
  private Path out = Path.of("");

  @Option(
      names = "--nodes",
      paramLabel = "NAMES",
      split = ",",
      description = "The nodes to make certificates for: n1,n2,n3.")
  private List<String> nodes = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "NAME",
      description = "A client to make a certificate for; may be given several times (default: client).")
  private List<String> clients = new ArrayList<>();

  @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster's name (default: ${DEFAULT-VALUE}).")
  private String cluster = "raftoral";

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long the certificates are valid (default: ${DEFAULT-VALUE}); the authority ten times as long.")
  private int days = 365;

  /** The command, writing to {@code screen}. */
  public CertsCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    if (days < 1 || days > 36_500) {
      throw new UsageException("--days: want 1 to 36500, but it is " + days);
    }
    List<CertificateIdentity> holders =
        Stream.concat(
                nodes.stream().map(name -> identity("--nodes", CertificateIdentity.Role.NODE, name)),
                clientNames().map(name -> identity("--client", CertificateIdentity.Role.CLIENT, name)))
            .toList();
    long names = holders.stream().map(CertificateIdentity::name).distinct().count();
    if (names < holders.size()) {
      throw new UsageException("--nodes, --client: a name is given twice: " + nodes + " " + clients);
    }
    try {
      Duration lifetime = Duration.ofDays(days);
      boolean known = DevelopmentAuthority.exists(out);
      DevelopmentAuthority authority =
          known
              ? DevelopmentAuthority.open(out)
              : DevelopmentAuthority.create(
                  out, "Raftoral development authority of " + cluster, lifetime.multipliedBy(10));
      screen.line((known ? "uses the authority " : "made the authority ") + out.resolve("ca.pem"));
      for (CertificateIdentity holder : holders) {
        TlsFiles files = authority.issue(holder, lifetime);
        screen.line("made " + files.certificate() + " and its key for " + holder);
      }
      screen.line(
          "Give each node ca.pem and its own two files, and keep ca.key elsewhere: whoever has it can be anybody.");
      return ExitCode.OK;
    } catch (CertificateProblemException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /** Whoever asks for nodes only gets a client as well: without one the cluster could not be asked anything. */
  private Stream<String> clientNames() {
    return clients.isEmpty() ? Stream.of(ClientOptions.DEFAULT_CERTIFICATE) : clients.stream();
  }

  private CertificateIdentity identity(String option, CertificateIdentity.Role role, String name) {
    try {
      return new CertificateIdentity(cluster, role, name.strip());
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + ": " + e.getMessage());
    }
  }
}
