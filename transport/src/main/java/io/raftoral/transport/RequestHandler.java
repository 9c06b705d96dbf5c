package io.raftoral.transport;

/**
 * Serves client requests that arrive on a node's port. What the bytes mean is the business of the layer above.
 *
 * <p>Called on an I/O thread: must not block.
 */
public interface RequestHandler {

  /**
   * Serves one request.
   *
   * @param body the request; owned by the handler
   * @param timeoutMs how long the client still waits
   * @param reply to be completed exactly once, on any thread
   */
  void handle(byte[] body, long timeoutMs, Reply reply);

  /** Takes the answer. */
  interface Reply {
    /** Sends the answer; dropped if the connection is gone. */
    void send(byte[] body);
  }
}
