package io.raftoral.simulation.check;

import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.raft.trace.TraceEvent;
import io.raftoral.simulation.disk.DiskObserver;
import io.raftoral.simulation.disk.LogImage;
import io.raftoral.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The invariants of a whole cluster; keeps the first violation. */
public final class ClusterChecks implements DiskObserver {
  private final World world;
  private final ClusterView view;
  private final ConfState bootstrap;
  private final boolean leasesHold;
  private final Marks marks;
  private final int maxWritesInFlight;
  private final TreeMap<Long, GroupChecks> groups = new TreeMap<>();
  private final ProposalChecks proposals = new ProposalChecks(this);
  private @Nullable Violation violation;

  /**
   * Checks of a cluster that has not begun.
   *
   * @param leasesHold whether clocks are good enough in this run for leases to be trusted
   * @param maxWritesInFlight the driver's bound
   */
  public ClusterChecks(
      World world, ClusterView view, ConfState bootstrap, boolean leasesHold, int maxWritesInFlight, Marks marks) {
    this.world = world;
    this.view = view;
    this.bootstrap = bootstrap;
    this.leasesHold = leasesHold;
    this.maxWritesInFlight = maxWritesInFlight;
    this.marks = marks;
  }

  private GroupChecks group(long group) {
    GroupChecks known = groups.get(group);
    if (known == null) {
      known = new GroupChecks(group, view, bootstrap, leasesHold, marks, this::violated);
      groups.put(group, known);
    }
    return known;
  }

  /** The first violation, null while all is well. */
  public @Nullable Violation violation() {
    return violation;
  }

  /** What becomes of proposals. */
  public ProposalChecks proposals() {
    return proposals;
  }

  /** The number of the configuration that a node's core counts by, and of the newest that is committed. */
  public int configurationInForce(int node, long group) {
    return group(group).configurationInForce(node);
  }

  /** The configurations of a group from number {@code first} on, the newest last. */
  public List<ConfState> configurations(long group, int first) {
    CommittedLog committed = group(group).committed();
    List<ConfState> found = new ArrayList<>();
    for (int number = first; number < committed.configurations(); number++) {
      found.add(committed.configuration(number));
    }
    return found;
  }

  /** Whether those who satisfy {@code test} are a quorum of a configuration. */
  public static boolean quorum(ConfState configuration, LongPredicate test) {
    return Quorums.reached(configuration, test);
  }

  /** Something is wrong; only the first report counts, for what follows it may be its consequence. */
  public void violated(Invariant invariant, int node, String expected, String actual) {
    if (violation == null) {
      violation = new Violation(invariant, node, world.nowNanos(), expected, actual);
    }
  }

  /** The newest leader of a group, 0 if there was none. */
  public int newestLeader(long group) {
    var newest = group(group).newestLeader();
    return newest == null ? 0 : newest.getValue();
  }

  /** The newest term of a group that has had a leader. */
  public long newestTerm(long group) {
    var newest = group(group).newestLeader();
    return newest == null ? 0 : newest.getKey();
  }

  /** Who was elected in a term of a group, 0 if nobody was. */
  public int leaderOf(long group, long term) {
    return group(group).leaderOf(term);
  }

  /** How many terms of all groups have had a leader. */
  public int elections() {
    return groups.values().stream().mapToInt(GroupChecks::elections).sum();
  }

  /** How many entries of all groups are committed. */
  public long committed() {
    return groups.values().stream().mapToLong(checks -> checks.committed().last()).sum();
  }

  /** The last committed index of a group. */
  public long committed(long group) {
    return group(group).committed().last();
  }

  /** The newest configuration of a group that anybody has applied. */
  public ConfState configuration(long group) {
    return group(group).committed().newest();
  }

  /** A message is about to leave a node. */
  public void sending(int node, long group, Message message) {
    group(group).sending(node, message);
  }

  /**
   * The core of a node made a transition. Every node has to be watched through the tracer of its {@code GroupConfig}: what
   * leads and what is committed is known from nowhere else.
   */
  public void core(int node, long group, TraceEvent event) {
    group(group).core(node, event);
  }

  /** A node has applied an entry; {@code digest} is of its state then, 0 if not known. */
  public void applied(int node, long group, long index, long term, long digest, @Nullable ConfState configuration) {
    group(group).applied(node, index, term, digest, configuration);
  }

  /** A node has put a snapshot in place of its state. */
  public void restored(int node, long group, SnapshotMetadata snapshot, long digest) {
    marks.hit(Mark.SNAPSHOT_INSTALLED);
    group(group).restored(node, snapshot, digest);
  }

  /** A process died. */
  public void died(int node) {
    groups.values().forEach(checks -> checks.died(node));
  }

  @Override
  public void issued(int node, long group, LogWrite write, LogImage issued, boolean overwritten) {
    group(group).issued(node, write, issued, overwritten);
  }

  @Override
  public void durable(int node, long group, LogImage media) {
    world.note(media.lastIndex() * 31 + media.hashAt(media.lastIndex()) + media.hardState().hashCode());
    group(group).durable(node, media);
  }

  @Override
  public void compacted(int node, long group, long index) {
    group(group).compacted(node, index);
  }

  @Override
  public void outstanding(int node, int writes) {
    if (writes > maxWritesInFlight) {
      violated(Invariant.I12_BOUNDS, node, maxWritesInFlight + " writes in flight at most", writes + " in flight");
    }
  }

  @Override
  public void wronglyStored(int node, String expected, String actual) {
    violated(Invariant.STORED_AS_WRITTEN, node, expected, actual);
  }

  @Override
  public long committedHash(long group, long index) {
    CommittedLog committed = group(group).committed();
    if (index > committed.last()) {
      violated(Invariant.I3_COMMITTED_STAYS, 0, "snapshots of committed entries, up to " + committed.last(),
          "a snapshot at " + index);
      return LogImage.NO_HASH;
    }
    return committed.hash(index);
  }
}
