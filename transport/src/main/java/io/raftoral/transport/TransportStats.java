package io.raftoral.transport;

import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.RequestRefused;
import io.raftoral.proto.MessageKind;
import java.util.List;
import java.util.SortedMap;

/**
 * Counts since the transport was started, and what is open now. A plain copy: nothing in it changes any more.
 *
 * @param messagesSent Raft messages written to a connection, by kind
 * @param messagesReceived Raft messages handed to the receiver, by kind
 * @param messagesDropped Raft messages that were not sent, by cause
 * @param connectionsRefused connections that were refused or cut, by cause
 * @param requestsRefused requests that were not served, by cause
 * @param requestsServed requests answered
 * @param requestsOutstanding requests that wait for their answer now
 * @param bytesSent bytes of frames written, before TLS
 * @param bytesReceived bytes of frames read, after TLS
 * @param framesSent frames written
 * @param framesReceived frames read
 * @param outboundLinks peers to which a connection stands now
 * @param inboundPeers peers from which a connection stands now
 * @param clients client connections now
 * @param queuedBytes bytes of messages that wait to be sent now, over all peers
 */
public record TransportStats(
    SortedMap<String, Long> messagesSent,
    SortedMap<String, Long> messagesReceived,
    SortedMap<String, Long> messagesDropped,
    SortedMap<String, Long> connectionsRefused,
    SortedMap<String, Long> requestsRefused,
    long requestsServed,
    long requestsOutstanding,
    long bytesSent,
    long bytesReceived,
    long framesSent,
    long framesReceived,
    int outboundLinks,
    int inboundPeers,
    int clients,
    long queuedBytes) {

  /** Every name that {@link #messagesSent} and {@link #messagesReceived} may have. */
  public static List<String> messageKinds() {
    return Counters.names(MessageKind.values());
  }

  /** Every name that {@link #messagesDropped} may have. */
  public static List<String> dropCauses() {
    return Counters.names(Counters.Drop.values());
  }

  /** Every name that {@link #connectionsRefused} may have. */
  public static List<String> connectionRefusals() {
    return Counters.names(CloseCode.values());
  }

  /** Every name that {@link #requestsRefused} may have. */
  public static List<String> requestRefusals() {
    return Counters.names(RequestRefused.Code.values());
  }
}
