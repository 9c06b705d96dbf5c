package io.raftoral.transport;

import io.netty.buffer.ByteBuf;
import io.raftoral.proto.MessageKind;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.raft.message.Message;

/** What arrives from a peer that has been admitted. */
final class PeerSession implements InboundConnection.Session {
  private final NodeContext node;
  private final long peer;
  private final Reassembly reassembly;

  PeerSession(NodeContext node, long peer) {
    this.node = node;
    this.peer = peer;
    this.reassembly = new Reassembly(node.linkLimits().maxMessageBytes());
  }

  @Override
  public void frame(FrameType type, ByteBuf body) throws ProtocolException {
    switch (type) {
      case FRAME_TYPE_MESSAGES -> MessageBatches.decode(body, this::received);
      case FRAME_TYPE_FRAGMENT -> reassembly.add(body, this::received);
      default -> throw ProtocolException.malformed("a frame " + type + " from a peer");
    }
  }

  private void received(long group, Message message) throws ProtocolException {
    if (message.from() != peer || message.to() != node.config.nodeId()) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_FORGED,
          "a message from " + message.from() + " to " + message.to() + " on the connection from " + peer + " to "
              + node.config.nodeId());
    }
    if (!node.stopped) {
      node.counters.received(MessageKind.of(message));
      node.receiver.received(group, message);
    }
  }

  @Override
  public void writabilityChanged() {}

  @Override
  public void tick() {}

  @Override
  public void closed() {}
}
