package io.raftoral.simulation.plan;

/**
 * How the cluster is configured and how its surroundings behave when nothing is wrong.
 *
 * @param tickMs length of a tick
 * @param electionTicks a follower waits so many ticks, up to twice as many, before it campaigns
 * @param heartbeatTicks ticks between two heartbeats
 * @param preVote whether a candidate asks first
 * @param checkQuorum whether a leader steps down that a quorum does not answer
 * @param leaderLease whether leaders hold a lease; then clocks drift only as far as the lease allows for
 * @param leaseReads whether reads trust the lease; then no process is paused either, for the core counts ticks
 * @param latencyMicros shortest time on the network
 * @param jitterMicros mean of what comes on top
 * @param loss probability that a message is lost
 * @param ordered whether a link keeps its messages in order, as one connection does
 * @param writeMicros mean time of a write to the disk's cache
 * @param syncMicros mean time of a sync
 * @param snapshotEntries a node compacts its log when it has grown by so many entries
 * @param maxInFlightMessages appends under way to one follower
 * @param maxBytesPerMessage size of an append
 * @param applyMicros mean time of a step of the state machine
 * @param groups Raft groups on these nodes, which share driver, disk and network; registers are spread over them
 */
public record Knobs(
    long tickMs,
    int electionTicks,
    int heartbeatTicks,
    boolean preVote,
    boolean checkQuorum,
    boolean leaderLease,
    boolean leaseReads,
    long latencyMicros,
    long jitterMicros,
    double loss,
    boolean ordered,
    long writeMicros,
    long syncMicros,
    int snapshotEntries,
    int maxInFlightMessages,
    long maxBytesPerMessage,
    long applyMicros,
    int groups) {

  /** A small cluster on a good network. */
  public static final Knobs DEFAULT =
      new Knobs(50, 10, 2, true, true, false, false, 200, 300, 0, true, 20, 200, 400, 64, 16 * 1024, 20, 1);

  /** Refuses what cannot run. */
  public Knobs {
    if (tickMs < 1 || electionTicks < 2 || heartbeatTicks < 1 || groups < 1) {
      throw new IllegalArgumentException("ticks and groups must be positive: " + tickMs + ", " + electionTicks + ", "
          + heartbeatTicks + ", " + groups);
    }
  }

  /** The same with another number of groups. */
  public Knobs withGroups(int newGroups) {
    return new Knobs(tickMs, electionTicks, heartbeatTicks, preVote, checkQuorum, leaderLease, leaseReads, latencyMicros,
        jitterMicros, loss, ordered, writeMicros, syncMicros, snapshotEntries, maxInFlightMessages, maxBytesPerMessage,
        applyMicros, newGroups);
  }

  /** The shortest time after which a follower campaigns. */
  public long electionTimeoutMs() {
    return tickMs * electionTicks;
  }
}
