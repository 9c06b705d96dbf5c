package io.raftoral.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Event loops, made and ended alike everywhere. */
final class EventLoops {
  private static final int SHUTDOWN_MS = 5_000;

  private static @Nullable EventLoopGroup shared;
  private static int users;

  private EventLoops() {}

  static EventLoopGroup create(String name, int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
  }

  /** The one loop that all channels of clients in this process share; lives while anybody uses it. */
  static synchronized EventLoopGroup acquireShared() {
    if (shared == null) {
      shared = create("raftoral-client-io", 1);
    }
    users++;
    return shared;
  }

  static synchronized void releaseShared() {
    users--;
    if (users == 0 && shared != null) {
      var _ = shared.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS);
      shared = null;
    }
  }

  /** Ends the threads and waits until they have ended, unless this is one of them. */
  static void shutdown(EventLoopGroup group) {
    var ended = group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS);
    for (var loop : group) {
      if (loop.inEventLoop()) {
        return;
      }
    }
    ended.awaitUninterruptibly(SHUTDOWN_MS);
  }
}
