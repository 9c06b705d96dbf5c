package io.raftoral.benchmarks.transport;

import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.transport.NettyTransport;
import io.raftoral.transport.PeerAddress;
import io.raftoral.transport.TransportConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two transports in one process: one sends appends of 256-byte entries, the other answers each, at most 64 are on their
 * way. The figures are messages a second; times {@code entries} they are entries a second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class LoopbackBenchmark {
  private static final int MESSAGES = 2_000;
  private static final int WINDOW = 64;
  private static final int DATA_BYTES = 256;

  /** Entries in each append. */
  @Param({"1", "16", "256"})
  public int entries;

  private final Semaphore window = new Semaphore(WINDOW);
  private NettyTransport leader = new NettyTransport(config(1));
  private NettyTransport follower = new NettyTransport(config(2));
  private List<Message> append = List.of();

  private static TransportConfig config(long id) {
    return TransportConfig.of("benchmark", "n" + id, id, "127.0.0.1", 0, new TreeMap<>());
  }

  private record Sink(Runnable onMessage) implements Transport.Receiver {
    @Override
    public void received(long group, Message message) {
      onMessage.run();
    }

    @Override
    public void unreachable(long node) {}

    @Override
    public void snapshotLost(long group, long node) {}
  }

  /** Connects the two. */
  @Setup(Level.Trial)
  public void connect() {
    leader = new NettyTransport(config(1));
    follower = new NettyTransport(config(2));
    List<Message> answer = List.of(new Message.AppendAccepted(2, 1, 7, 5));
    leader.start(new Sink(window::release), (body, timeoutMs, reply) -> reply.send(body));
    follower.start(new Sink(() -> follower.send(1, answer)), (body, timeoutMs, reply) -> reply.send(body));
    SortedMap<Long, PeerAddress> peers = new TreeMap<>();
    peers.put(1L, new PeerAddress("n1", "127.0.0.1", leader.localAddress().getPort()));
    peers.put(2L, new PeerAddress("n2", "127.0.0.1", follower.localAddress().getPort()));
    leader.updatePeers(peers);
    follower.updatePeers(peers);
    while (leader.stats().outboundLinks() + follower.stats().outboundLinks() < 2) {
      LockSupport.parkNanos(1_000_000);
    }
    List<Entry> content = new ArrayList<>();
    for (int i = 1; i <= entries; i++) {
      content.add(new Entry.Normal(7, 1_000_000 + i, new byte[DATA_BYTES]));
    }
    append = List.of(new Message.AppendRequest(1, 2, 7, 1_000_000, 7, 999_000, content));
  }

  /** Sends, and waits for the last answer. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int replicate() throws InterruptedException {
    for (int i = 0; i < MESSAGES; i++) {
      window.acquire();
      leader.send(1, append);
    }
    window.acquire(WINDOW);
    window.release(WINDOW);
    return MESSAGES;
  }

  /** One at a time: a round trip. */
  @Benchmark
  public int roundTrip() throws InterruptedException {
    window.acquire(WINDOW);
    leader.send(1, append);
    window.release(WINDOW - 1);
    window.acquire(WINDOW);
    window.release(WINDOW);
    return 1;
  }

  /** Closes both. */
  @TearDown(Level.Trial)
  public void close() {
    leader.close();
    follower.close();
  }
}
