package io.raftoral.workflow.client;

import io.raftoral.transport.NettyRequestChannel;
import io.raftoral.transport.RequestChannel;
import io.raftoral.transport.RequestChannelConfig;
import io.raftoral.workflow.ClientOptions;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.RaftoralClient;
import java.util.List;
import java.util.function.Function;

/** Makes clients that are outside the cluster. */
public final class RemoteClient {
  private RemoteClient() {}

  /** See {@link RaftoralClient#connect(ClientOptions)}. */
  public static RaftoralClient connect(ClientOptions options) {
    RequestChannelConfig config =
        RequestChannelConfig.defaults()
            .withCluster(options.cluster())
            .withSecurity(Certificates.security(options.tls(), options.insecure()));
    return connect(options, address -> NettyRequestChannel.connect(address.host(), address.port(), config));
  }

  /** Likewise, over connections that {@code connector} makes. */
  static RaftoralClient connect(ClientOptions options, Function<HostPort, RequestChannel> connector) {
    List<HostPort> addresses =
        options.addresses().stream().map(address -> checked(HostPort.parse("node address", address), options)).toList();
    return new ProtocolClient(new NetworkRequester(addresses, connector), options.timeout());
  }

  private static HostPort checked(HostPort address, ClientOptions options) {
    if (address.port() == 0) {
      throw new ConfigurationException("node address " + address + ": port 0 is no port to connect to");
    }
    if (options.tls() == null && !options.insecure() && !address.isLoopback()) {
      throw new ConfigurationException(
          "node address " + address + " is on another machine, and connections are not encrypted:"
              + " give a certificate with tls, allow it with insecure, or ask a node on loopback");
    }
    return address;
  }
}
