package io.raftoral.transport;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/** What stands between a socket and its connection: TLS if it is wanted, and the cutting into frames. */
final class Pipelines {
  /** Handshakes whose arithmetic waits; one more fails. Far more than {@code maxPendingHandshakes} lets in. */
  private static final int MAX_WAITING_TASKS = 4_096;

  private static final int IDLE_SECONDS = 5;

  /**
   * Does the arithmetic of handshakes, a millisecond or so each, for all nodes of this process. On one thread of its own:
   * whoever floods a node with handshakes delays other handshakes, and no connection that stands.
   */
  private static final ThreadPoolExecutor TLS_TASKS = tlsTasks();

  private Pipelines() {}

  private static ThreadPoolExecutor tlsTasks() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING_TASKS),
            Thread.ofPlatform().name("raftoral-tls").daemon(true).factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  static void accepted(Channel channel, Security security, InboundConnection connection) {
    channel.pipeline().addLast(new LingeringClose(true));
    if (security instanceof Security.Tls tls) {
      channel
          .pipeline()
          .addLast(new TlsGuard(connection), sslHandler(tls.context().serverEngine()));
    }
    channel.pipeline().addLast(connection.decoder(), connection);
  }

  static void dialed(Channel channel, Security security, DialedConnection connection) {
    channel.pipeline().addLast(new LingeringClose(false));
    if (security instanceof Security.Tls tls) {
      tls.context().refreshLater();
      channel.pipeline().addLast(sslHandler(tls.context().clientEngine()));
    }
    channel.pipeline().addLast(connection.decoder(), connection);
  }

  private static SslHandler sslHandler(SSLEngine engine) {
    SslHandler handler = new SslHandler(engine, TLS_TASKS);
    // The connection has a deadline of its own, for everything up to the end of its handshake.
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }
}
