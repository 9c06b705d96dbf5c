package io.raftoral.transport;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;

/**
 * Looks up host names anew at each attempt, so that an address may move, and never on an event loop, which a slow name
 * server would stop.
 */
final class Resolver {
  private Resolver() {}

  /** @param attempt which of several addresses to take: the attempts go round */
  static CompletableFuture<InetSocketAddress> resolve(String host, int port, int attempt) {
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return CompletableFuture.completedFuture(new InetSocketAddress(host, port));
    }
    CompletableFuture<InetSocketAddress> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("raftoral-resolve-" + host)
        .start(
            () -> {
              try {
                InetAddress[] all = InetAddress.getAllByName(host);
                result.complete(new InetSocketAddress(all[Math.floorMod(attempt, all.length)], port));
              } catch (UnknownHostException e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  /** Whether packets to this host stay on this machine, as far as its name tells. */
  static boolean isLoopback(String host) {
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return new InetSocketAddress(host, 0).getAddress().isLoopbackAddress();
    }
    return host.equals("localhost") || host.endsWith(".localhost");
  }
}
