package io.raftoral.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The asking side: sends requests to one node and matches answers to them. Connects when first used and again after a
 * failure. Safe for use by several threads.
 */
public interface RequestChannel extends AutoCloseable {

  /**
   * Sends a request.
   *
   * @return completes with the answer, or exceptionally with {@link RequestFailedException}
   */
  CompletableFuture<byte[]> request(byte[] body, Duration timeout);

  @Override
  void close();
}
