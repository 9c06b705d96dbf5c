package io.raftoral.workflow.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.raftoral.raft.RoleName;
import io.raftoral.transport.TransportStats;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.node.Measured;
import io.raftoral.workflow.node.Measurements;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Binds what a node counts to a registry: {@code new RaftoralMetrics(node).bindTo(registry)}. Every meter has the tags
 * {@code cluster} and {@code node}. The node is asked once for all meters that are read within a second, so that the
 * values of one scrape belong together.
 */
public final class RaftoralMetrics implements MeterBinder {
  private static final long MAX_AGE_NS = TimeUnit.SECONDS.toNanos(1) / 2;

  private final Measured node;
  private Measurements last;
  private long lastNs;

  /**
   * Metrics of one node.
   *
   * @throws IllegalArgumentException if the node is none of {@code Raftoral.node(...).start()}
   */
  public RaftoralMetrics(RaftoralNode node) {
    if (!(node instanceof Measured measured)) {
      throw new IllegalArgumentException("not a node that was started by Raftoral: " + node);
    }
    this.node = measured;
    this.last = measured.measurements();
    this.lastNs = System.nanoTime();
  }

  private synchronized Measurements now() {
    long nowNs = System.nanoTime();
    if (nowNs - lastNs > MAX_AGE_NS) {
      last = node.measurements();
      lastNs = System.nanoTime();
    }
    return last;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Binding binding = new Binding(registry, Tags.of("cluster", last.cluster(), "node", last.node()));
    raft(binding);
    log(binding);
    transport(binding);
    engine(binding);
  }

  /** Registers meters with the tags that all have. */
  private final class Binding {
    private final MeterRegistry registry;
    private final Tags common;

    Binding(MeterRegistry registry, Tags common) {
      this.registry = registry;
      this.common = common;
    }

    void gauge(String name, String unit, String description, Tags tags, ToDoubleFunction<Measurements> value) {
      var _ =
          Gauge.builder(name, RaftoralMetrics.this, metrics -> value.applyAsDouble(metrics.now()))
              .baseUnit(unit.isEmpty() ? null : unit)
              .description(description)
              .tags(common.and(tags))
              .strongReference(true)
              .register(registry);
    }

    void gauge(String name, String description, ToDoubleFunction<Measurements> value) {
      gauge(name, "", description, Tags.empty(), value);
    }

    void counter(String name, String unit, String description, Tags tags, ToDoubleFunction<Measurements> value) {
      var _ =
          FunctionCounter.builder(name, RaftoralMetrics.this, metrics -> value.applyAsDouble(metrics.now()))
              .baseUnit(unit.isEmpty() ? null : unit)
              .description(description)
              .tags(common.and(tags))
              .register(registry);
    }

    void counter(String name, String description, ToDoubleFunction<Measurements> value) {
      counter(name, "", description, Tags.empty(), value);
    }

    void counters(
        String name,
        String description,
        String tag,
        List<String> values,
        Function<TransportStats, SortedMap<String, Long>> counts) {
      for (String value : values) {
        counter(
            name,
            "",
            description,
            Tags.of(tag, value),
            now -> counts.apply(now.transport()).getOrDefault(value, 0L));
      }
    }
  }

  private static void raft(Binding to) {
    to.gauge("raftoral.raft.term", "Current term", now -> now.raft().term());
    for (RoleName role : RoleName.values()) {
      to.gauge(
          "raftoral.raft.role",
          "",
          "1 for the role that this node has",
          Tags.of("role", role.name().toLowerCase(Locale.ROOT)),
          now -> now.raft().role() == role ? 1 : 0);
    }
    to.gauge("raftoral.raft.leader.id", "Id of the leader that this node knows, 0 if none", now -> now.raft().leader());
    to.gauge("raftoral.raft.commit.index", "Index of the newest committed entry", now -> now.raft().commit());
    to.gauge("raftoral.raft.last.index", "Index of the newest entry of the log", now -> now.raft().lastIndex());
    to.gauge("raftoral.raft.first.index", "Index of the oldest entry of the log", now -> now.raft().firstIndex());
    to.gauge("raftoral.raft.applied.index", "Index of the newest applied entry", now -> now.engine().appliedIndex());
    to.gauge(
        "raftoral.raft.apply.lag",
        "Committed entries that are not applied",
        now -> Math.max(0, now.raft().commit() - now.engine().appliedIndex()));
    to.gauge(
        "raftoral.raft.commit.lag",
        "Entries that are not committed",
        now -> Math.max(0, now.raft().lastIndex() - now.raft().commit()));
    to.gauge(
        "raftoral.raft.uncommitted",
        "bytes",
        "Proposals of this leader that are not applied",
        Tags.empty(),
        now -> now.raft().uncommittedBytes());
    to.gauge(
        "raftoral.raft.inflight",
        "bytes",
        "Entries sent to followers and not answered yet; 0 unless this node leads",
        Tags.empty(),
        now -> now.raft().peers().stream().mapToLong(peer -> peer.inFlightBytes()).sum());
    to.gauge(
        "raftoral.raft.snapshots.sending",
        "Followers that are being sent a snapshot",
        now -> now.raft().peers().stream().filter(peer -> peer.pendingSnapshot() > 0).count());
    to.counter("raftoral.raft.commands", "Commands that this leader appended", now -> now.driver().commands());
    to.counter("raftoral.raft.entries", "Entries that this leader appended them in", now -> now.driver().entries());
    to.counter("raftoral.raft.proposals.refused", "Commands that were refused", now -> now.driver().refusedProposals());
    to.counter(
        "raftoral.raft.messages.dropped", "Messages of peers not taken", now -> now.driver().droppedMessages());
    to.counter(
        "raftoral.raft.messages.rejected", "Malformed messages of peers", now -> now.raft().rejectedMessages());
  }

  private static void log(Binding to) {
    to.counter("raftoral.log.calls", "Writes asked for", now -> now.log().calls());
    to.counter("raftoral.log.batches", "Batches written; each holds what was waiting", now -> now.log().batches());
    to.counter("raftoral.log.syncs", "Batches synced", now -> now.log().syncs());
    to.counter("raftoral.log.entries", "Entries written", now -> now.log().entries());
    to.counter("raftoral.log.written", "bytes", "Size of all batches", Tags.empty(), now -> now.log().bytes());
    to.gauge("raftoral.log.waiting", "Writes that wait", now -> now.log().waiting());
    for (double quantile : new double[] {0.5, 0.99}) {
      to.gauge(
          "raftoral.log.sync",
          "seconds",
          "Upper bound of how long syncs took since the start, within a factor of two",
          Tags.of("quantile", Double.toString(quantile)),
          now -> now.log().syncMicros().quantile(quantile) / 1e6);
    }
    to.gauge("raftoral.log.size", "bytes", "The log on disk and in memory", Tags.empty(), Measurements::logBytes);
    to.gauge("raftoral.state.size", "bytes", "The state on disk and in memory", Tags.empty(), Measurements::stateBytes);
    to.gauge(
        "raftoral.state.durable.index", "Index up to which the state is durable", now -> now.engine().durableIndex());
  }

  private static void transport(Binding to) {
    to.counters(
        "raftoral.transport.messages.sent", "Raft messages sent", "kind", TransportStats.messageKinds(),
        TransportStats::messagesSent);
    to.counters(
        "raftoral.transport.messages.received", "Raft messages received", "kind", TransportStats.messageKinds(),
        TransportStats::messagesReceived);
    to.counters(
        "raftoral.transport.messages.dropped", "Raft messages not sent", "cause", TransportStats.dropCauses(),
        TransportStats::messagesDropped);
    to.counters(
        "raftoral.transport.connections.refused", "Connections refused or cut", "cause",
        TransportStats.connectionRefusals(), TransportStats::connectionsRefused);
    to.counters(
        "raftoral.transport.requests.refused", "Requests not served", "cause", TransportStats.requestRefusals(),
        TransportStats::requestsRefused);
    to.counter("raftoral.transport.requests.served", "Requests answered", now -> now.transport().requestsServed());
    to.gauge("raftoral.transport.requests.outstanding", "Unanswered", now -> now.transport().requestsOutstanding());
    to.counter("raftoral.transport.sent", "bytes", "Frames", Tags.empty(), now -> now.transport().bytesSent());
    to.counter("raftoral.transport.received", "bytes", "Frames", Tags.empty(), now -> now.transport().bytesReceived());
    to.counter("raftoral.transport.frames.sent", "Frames sent", now -> now.transport().framesSent());
    to.counter("raftoral.transport.frames.received", "Frames received", now -> now.transport().framesReceived());
    to.gauge(
        "raftoral.transport.queued", "bytes", "Messages that wait", Tags.empty(), now -> now.transport().queuedBytes());
    String connections = "raftoral.transport.connections";
    to.gauge(connections, "", "Open", Tags.of("kind", "to_peer"), now -> now.transport().outboundLinks());
    to.gauge(connections, "", "Open", Tags.of("kind", "from_peer"), now -> now.transport().inboundPeers());
    to.gauge(connections, "", "Open", Tags.of("kind", "client"), now -> now.transport().clients());
  }

  private static void engine(Binding to) {
    to.gauge("raftoral.engine.active", "1 if workflows run actively here", now -> now.engine().active() ? 1 : 0);
    to.gauge("raftoral.engine.runs.open", "Runs that have not ended", now -> now.engine().openRuns());
    to.gauge("raftoral.engine.runs.ended", "Runs that have ended and are kept", now -> now.engine().endedRuns());
    to.gauge("raftoral.engine.runs.blocked", "Runs whose replica here is stuck", now -> now.engine().blockedRuns());
    to.gauge("raftoral.engine.effects", "Side effects that run here", now -> now.engine().effectsInFlight());
  }
}
