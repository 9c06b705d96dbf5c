package io.raftoral.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A {@link RequestChannel} over TCP. Replies may come in any order; many threads may ask at once. */
public final class NettyRequestChannel implements RequestChannel {

  private NettyRequestChannel() {}

  /**
   * A channel to one node. Connects when first used.
   *
   * @throws TransportException if plaintext would leave the machine unasked
   */
  public static NettyRequestChannel connect(String host, int port, RequestChannelConfig config) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<byte[]> request(byte[] body, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
