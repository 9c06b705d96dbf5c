package io.raftoral.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link RequestChannel} over TCP. Replies may come in any order; many threads may ask at once. Futures complete on
 * an I/O thread: what depends on them must not block there.
 *
 * <p>A request counts as sent from the moment it was handed to an established connection: whatever fails after that
 * may have been executed, and {@link RequestFailedException#maybeExecuted()} says so.
 */
public final class NettyRequestChannel implements RequestChannel {
  private final RequestLink link;

  private NettyRequestChannel(RequestLink link) {
    this.link = link;
  }

  /**
   * A channel to one node. Connects when first used, and again when it is used after a failure. All channels made by
   * this method share one I/O thread.
   *
   * @throws TransportException if the port is none, or plaintext would leave the machine unasked
   */
  public static NettyRequestChannel connect(String host, int port, RequestChannelConfig config) {
    if (config.security() instanceof Security.Plaintext(boolean beyondLoopback)
        && !beyondLoopback
        && !Resolver.isLoopback(host)) {
      throw new TransportException(
          TransportException.Kind.INSECURE,
          "without TLS, " + host + ":" + port + " would be asked in plaintext beyond this machine; say so by name"
              + " (insecure)");
    }
    if (port < 1 || port > 65535) {
      throw new TransportException(TransportException.Kind.BAD_ADDRESS, "no usable port: " + host + ":" + port);
    }
    return new NettyRequestChannel(
        new RequestLink(
            EventLoops.acquireShared().next(),
            new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true),
            EventLoops::releaseShared,
            host,
            port,
            config));
  }

  /** A channel that lives on a node's own event loop, and whose connections are among the node's channels. */
  static NettyRequestChannel onLoop(
      EventLoop loop, ChannelGroup channels, PeerAddress peer, RequestChannelConfig config) {
    return new NettyRequestChannel(new RequestLink(loop, channels, () -> {}, peer.host(), peer.port(), config));
  }

  @Override
  public CompletableFuture<byte[]> request(byte[] body, Duration timeout) {
    return link.request(body, timeout);
  }

  @Override
  public void close() {
    link.close();
  }

  /** Sends nothing more, not even a good-bye. */
  void kill() {
    link.kill();
  }
}
