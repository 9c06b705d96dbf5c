package io.raftoral.benchmarks.cluster;

import io.raftoral.benchmarks.load.ClosedLoop;
import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.transport.PeerAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A replicated map on several nodes in this JVM, and its client. Groups share the load in turn. */
public final class MapCluster implements AutoCloseable {
  /** As many keys as the harness of the peers uses. */
  static final int KEYS = 100_000;

  private static final Duration ELECTION_PATIENCE = Duration.ofSeconds(30);

  private final List<MapNode> nodes = new ArrayList<>();
  private final Options options;

  /**
   * What kind of cluster.
   *
   * @param nodes at least 1
   * @param groups at least 1
   * @param durable whether logs are synced
   * @param stored whether the map is in the state store instead of on the heap
   * @param valueBytes of each value, at least 8
   */
  public record Options(int nodes, int groups, boolean durable, boolean stored, int valueBytes) {}

  /**
   * What the cluster has done since it started.
   *
   * @param commands appended by leaders
   * @param entries that they share
   * @param syncs of all nodes' logs
   * @param logBytes written to all nodes' logs
   */
  public record Work(long commands, long entries, long syncs, long logBytes) {
    /** What was done between {@code earlier} and this. */
    public Work since(Work earlier) {
      return new Work(
          commands - earlier.commands, entries - earlier.entries, syncs - earlier.syncs, logBytes - earlier.logBytes);
    }
  }

  /**
   * Starts all nodes and waits until every group is led.
   *
   * @param directory an empty one; the disk under it is what is measured
   */
  public static MapCluster start(Options options, Path directory) {
    SortedMap<Long, PeerAddress> peers = new TreeMap<>();
    for (long id = 1; id <= options.nodes(); id++) {
      peers.put(id, new PeerAddress("n" + id, "127.0.0.1", FreePorts.next()));
    }
    MapCluster cluster = new MapCluster(options);
    boolean complete = false;
    try {
      for (long id : peers.keySet()) {
        cluster.nodes.add(new MapNode(id, peers, options, directory.resolve("n" + id)));
      }
      cluster.nodes.forEach(MapNode::start);
      long deadline = System.nanoTime() + ELECTION_PATIENCE.toNanos();
      for (int group = 1; group <= options.groups(); group++) {
        while (cluster.leader(group) == null) {
          if (System.nanoTime() - deadline > 0) {
            throw new IllegalStateException("group " + group + " has no leader after " + ELECTION_PATIENCE);
          }
          LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
      }
      complete = true;
      return cluster;
    } finally {
      if (!complete) {
        cluster.close();
      }
    }
  }

  private MapCluster(Options options) {
    this.options = options;
  }

  private @Nullable MapNode leader(int group) {
    return nodes.stream().filter(node -> node.machine(group).leads()).findFirst().orElse(null);
  }

  /** Assigns values under load, and measures. */
  public ClosedLoop.Outcome run(int outstanding, double warmSeconds, double seconds) throws InterruptedException {
    Group[] leading = new Group[options.groups()];
    for (int group = 1; group <= options.groups(); group++) {
      MapNode leader = leader(group);
      if (leader == null) {
        throw new IllegalStateException("group " + group + " has lost its leader");
      }
      leading[group - 1] = leader.group(group);
    }
    ClosedLoop loop =
        new ClosedLoop(
            outstanding,
            (number, self) -> leading[(int) (number % options.groups())].propose(command(number), new Refusals(self)));
    report(loop);
    try {
      return loop.run(warmSeconds, seconds);
    } finally {
      report(null);
    }
  }

  private void report(@Nullable ClosedLoop loop) {
    for (MapNode node : nodes) {
      for (int group = 1; group <= options.groups(); group++) {
        node.machine(group).report(loop);
      }
    }
  }

  private byte[] command(long number) {
    byte[] command = new byte[Integer.BYTES + options.valueBytes()];
    // A multiplicative hash spreads the keys, and makes values that do not compress into nothing.
    ByteBuffer.wrap(command)
        .putInt((int) Long.remainderUnsigned(number * 0x9E3779B97F4A7C15L, KEYS))
        .putLong(number);
    return command;
  }

  /** What all nodes have done. */
  public Work work() {
    long commands = 0;
    long entries = 0;
    long syncs = 0;
    long bytes = 0;
    for (MapNode node : nodes) {
      commands += node.driverStats().commands();
      entries += node.driverStats().entries();
      syncs += node.logStats().syncs();
      bytes += node.logStats().bytes();
    }
    return new Work(commands, entries, syncs, bytes);
  }

  @Override
  public void close() {
    nodes.forEach(MapNode::close);
  }

  /** What is appended is reported once it is applied; a refusal at once. */
  private record Refusals(ClosedLoop loop) implements ProposalListener {
    @Override
    public void appended(long term, long index) {}

    @Override
    public void refused(ProposalResult.Reason reason, long leader) {
      if (reason != ProposalResult.Reason.OVERLOADED) {
        throw new IllegalStateException("the leader refuses with " + reason + "; a benchmark needs one that stays");
      }
      loop.refused();
    }
  }
}
