package io.raftoral.transport;

import java.util.concurrent.TimeUnit;

/**
 * Tells a dead connection from a quiet one. The connecting side pings, the other answers, and whichever has heard
 * nothing for too long closes. Used on one event loop.
 */
final class Liveness {
  private final long intervalNs;
  private final long idleNs;
  private long lastHeardNs;
  private long lastCheckNs;

  Liveness(TransportLimits.Admission limits, long nowNs) {
    this.intervalNs = TimeUnit.MILLISECONDS.toNanos(limits.pingIntervalMs());
    this.idleNs = TimeUnit.MILLISECONDS.toNanos(limits.idleTimeoutMs());
    this.lastHeardNs = nowNs;
    this.lastCheckNs = nowNs;
  }

  void heard(long nowNs) {
    lastHeardNs = nowNs;
  }

  /** To be called once an interval. True if the connection is dead. */
  boolean dead(long nowNs) {
    long sinceCheckNs = nowNs - lastCheckNs;
    lastCheckNs = nowNs;
    if (sinceCheckNs > 2 * intervalNs) {
      // It is this process that was stopped: what the other side sent may well lie in the socket, unread.
      lastHeardNs = nowNs;
    }
    return nowNs - lastHeardNs > idleNs;
  }
}
