package io.raftoral.raft.driver;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.trace.Tracer;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How one group of this node behaves.
 *
 * @param raft the core's knobs. The driver itself sets {@code appliedIndex} from the state machine and switches the
 *     forwarding of proposals off
 * @param bootstrapVoters the voters of a group that has neither log nor state yet; the same list on every node. Ignored
 *     once there is a log or a state
 * @param random for election time-outs; every node and every group needs a stream of its own, or nodes that start
 *     together campaign together
 * @param snapshotEntries the state is made durable, and the log compacted, once so many entries were applied since it was
 *     last
 * @param snapshotBytes or once their sizes add up to so many bytes
 * @param keepEntries how many entries before that stay in the log, for followers that are a little behind
 * @param tracer told of every transition of the core, on the loop's thread; {@link Tracer#NONE} costs nothing
 */
public record GroupConfig(
    RaftConfig raft,
    List<Long> bootstrapVoters,
    RandomGenerator random,
    long snapshotEntries,
    long snapshotBytes,
    long keepEntries,
    Tracer tracer) {

  /** Without a tracer. */
  public GroupConfig(
      RaftConfig raft,
      List<Long> bootstrapVoters,
      RandomGenerator random,
      long snapshotEntries,
      long snapshotBytes,
      long keepEntries) {
    this(raft, bootstrapVoters, random, snapshotEntries, snapshotBytes, keepEntries, Tracer.NONE);
  }

  /** An election after 500 to 1000 ms and a heartbeat every 50 ms, if a tick is 10 ms; leaders have a lease. */
  public static GroupConfig defaults(long node, List<Long> bootstrapVoters, RandomGenerator random) {
    return of(RaftConfig.defaults(node).withTicks(50, 5).withLeaderLease(true), bootstrapVoters, random);
  }

  /** Compacts after 100 000 entries or 64 MiB and keeps 10 000 entries. */
  public static GroupConfig of(RaftConfig raft, List<Long> bootstrapVoters, RandomGenerator random) {
    return new GroupConfig(raft, bootstrapVoters, random, 100_000, 64L << 20, 10_000);
  }

  /** Copies the list. */
  public GroupConfig {
    bootstrapVoters = List.copyOf(bootstrapVoters);
    if (snapshotEntries <= 0 || snapshotBytes <= 0 || keepEntries < 0) {
      throw new IllegalArgumentException("thresholds of compaction must be positive");
    }
  }

  /** The same with other thresholds. */
  public GroupConfig withCompaction(long snapshotEntries, long snapshotBytes, long keepEntries) {
    return new GroupConfig(raft, bootstrapVoters, random, snapshotEntries, snapshotBytes, keepEntries, tracer);
  }

  /** The same, watched. */
  public GroupConfig withTracer(Tracer tracer) {
    return new GroupConfig(raft, bootstrapVoters, random, snapshotEntries, snapshotBytes, keepEntries, tracer);
  }
}
