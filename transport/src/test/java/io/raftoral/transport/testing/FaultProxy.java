package io.raftoral.transport.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on loopback that does to a connection what networks do. Put one in front of each link that a test wants to
 * hurt: nodes are told the proxy's address in place of the target's.
 *
 * <p>Faults apply from the next chunk on, to old connections and to new ones; all methods may be called at any time on
 * any thread.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int CHUNK_BYTES = 16 * 1024;
  private static final int CONNECT_MS = 1_000;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private final Random random;
  private volatile Faults forward = Faults.NONE;
  private volatile Faults backward = Faults.NONE;
  private volatile boolean refusing;
  private volatile boolean closed;

  /** The two halves of one proxied connection. */
  private record Pair(Socket client, Socket server) {
    void reset() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.setSoLinger(true, 0);
        } catch (SocketException e) {
          // Closed already: nothing to reset.
        }
        closeQuietly(socket);
      }
    }
  }

  private FaultProxy(InetSocketAddress target, long seed) throws IOException {
    this.target = target;
    this.random = new Random(seed);
    this.listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().name("fault-proxy-" + listener.getLocalPort()).start(this::accept);
  }

  /**
   * A proxy in front of a port on loopback.
   *
   * @param seed of the jitter
   */
  public static FaultProxy inFrontOf(int port, long seed) {
    try {
      return new FaultProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), seed);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a proxy in front of port " + port, e);
    }
  }

  /** Where the proxy listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Faults of what goes from whoever connects to the target. */
  public void forward(Faults faults) {
    forward = faults;
  }

  /** Faults of what comes back. */
  public void backward(Faults faults) {
    backward = faults;
  }

  /** The same faults both ways. */
  public void both(Faults faults) {
    forward = faults;
    backward = faults;
  }

  /** Resets the connections there are, both ways. */
  public void reset() {
    pairs.forEach(Pair::reset);
  }

  /** Whether new connections are reset at once. */
  public void refuse(boolean newRefusing) {
    refusing = newRefusing;
  }

  /** A partition: connections break and new ones are refused. */
  public void cut() {
    refuse(true);
    reset();
  }

  /** Undoes every fault. */
  public void heal() {
    refuse(false);
    both(Faults.NONE);
  }

  /** How many connections there are. */
  public int connections() {
    return pairs.size();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          client.setSoLinger(true, 0);
          client.close();
        } else {
          Thread.ofVirtual().start(() -> connect(client));
        }
      } catch (IOException e) {
        // Closed, which ends the loop; or a client that was gone before it was accepted.
      }
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(target, CONNECT_MS);
    } catch (IOException e) {
      new Pair(client, server).reset();
      return;
    }
    Pair pair = new Pair(client, server);
    pairs.add(pair);
    Thread.ofVirtual().start(() -> pump(pair, client, server, true));
    Thread.ofVirtual().start(() -> pump(pair, server, client, false));
    if (closed) {
      pair.reset();
    }
  }

  private void pump(Pair pair, Socket from, Socket to, boolean isForward) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        Faults faults = isForward ? forward : backward;
        pause(faults, length);
        if (!faults.swallow()) {
          out.write(chunk, 0, length);
        }
      }
    } catch (IOException e) {
      // Either end broke: so does the other, below.
    } finally {
      pairs.remove(pair);
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private void pause(Faults faults, int length) {
    long pauseNs = faults.delayMs() * 1_000_000L;
    if (faults.jitterMs() > 0) {
      pauseNs += random.nextLong(faults.jitterMs() * 1_000_000L);
    }
    if (faults.bytesPerSecond() > 0) {
      pauseNs += length * 1_000_000_000L / faults.bytesPerSecond();
    }
    long endNs = System.nanoTime() + pauseNs;
    for (long leftNs = pauseNs; leftNs > 0 && !closed; leftNs = endNs - System.nanoTime()) {
      LockSupport.parkNanos(leftNs);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed as far as this process can close it.
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the proxy on port " + port(), e);
    }
    reset();
  }
}
