package io.raftoral.raft.driver;

import io.raftoral.raft.message.Message;
import java.util.List;

/** The network as the driver sees it. */
public interface Transport {

  /**
   * Sends messages of a group to the nodes they name. Never blocks and promises nothing: messages may be lost, late,
   * repeated or reordered. What cannot be queued is dropped and counted; Raft sends again.
   *
   * @param messages in the order in which they should leave
   */
  void send(long group, List<Message> messages);

  /** Told what arrives, and what is known to be unreachable. Implemented by the driver; may be called on any thread. */
  interface Receiver {
    /** A message of {@code group} arrived from an authenticated member of the cluster. */
    void received(long group, Message message);

    /** {@code node} cannot be reached at present, so that sending optimistically is a waste. */
    void unreachable(long node);

    /**
     * A snapshot of {@code group} did not reach {@code node} and will not: send another one. That it did arrive needs
     * no report; the follower says so itself.
     */
    void snapshotLost(long group, long node);
  }
}
