package io.raftoral.workflow.node;

import io.raftoral.raft.Status;
import io.raftoral.storage.StorageException;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.HostPort;
import io.raftoral.workflow.client.ProtocolClient;
import io.raftoral.workflow.client.Request;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that runs, stops, or has failed. A node that failed still holds its port and its directory, and answers
 * requests by saying why it serves none, until it is closed: silence would be harder to understand.
 */
public final class RunningNode implements RaftoralNode, Measured {
  private static final Logger log = LoggerFactory.getLogger(RunningNode.class);

  /** How long the leader may take, in election time-outs, to hand over before it stops all the same. */
  private static final int HAND_OVER_TIMEOUTS = 2;

  /** How often it is looked whether leadership has moved. */
  private static final long HAND_OVER_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** How long a measurement waits for the loop before the last one is used again. */
  private static final long MEASURE_MS = 250;

  /** Likewise, if there is no last one. */
  private static final long MEASURE_FIRST_MS = 10_000;

  private final NodeSettings settings;
  private final NodeListener listener;
  private final NodeParts parts;
  private final RaftoralClient client;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

  /** The newest measurements, which outlive the node. */
  private @Nullable Measurements measured;

  private enum State {
    RUNNING,
    FAILED,
    STOPPED
  }

  private RunningNode(NodeSettings settings) {
    this.settings = settings;
    listener = new SafeListener(settings.listener());
    CompletableFuture<RunningNode> started = new CompletableFuture<>();
    parts = new NodeParts(settings, listener, cause -> Futures.whenEnded(started, () -> failed(cause)));
    client = new ProtocolClient(new LocalRequester(parts.server), settings.clientTimeout());
    // A failure while the parts were being put together waits for the node to be whole.
    started.complete(this);
  }

  /**
   * Starts a node.
   *
   * @throws ConfigurationException if the port or the directory cannot be had; nothing is left open then
   */
  public static RaftoralNode start(NodeSettings settings) {
    RunningNode node = new RunningNode(settings);
    log.info(
        "Node {} of cluster {} listens on {}, is reached at {}, and keeps its data in {}",
        settings.name(), settings.cluster(), node.address(), node.parts.members.self().address(), settings.dataDir());
    return node;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String address() {
    return new HostPort(settings.listen().host(), parts.port()).toString();
  }

  @Override
  public RaftoralClient client() {
    return client;
  }

  @Override
  public synchronized Measurements measurements() {
    CompletableFuture<Status> raft = new CompletableFuture<>();
    if (state.get() == State.RUNNING) {
      parts.group.status(raft::complete);
    }
    Measurements known = measured;
    try {
      measured = parts.measurements(settings, raft.get(known == null ? MEASURE_FIRST_MS : MEASURE_MS, TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException | StorageException e) {
      if (known == null) {
        throw new NodeStoppedException("node " + name() + " does not say how it is");
      }
      log.debug("Node {} cannot be measured at present", name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Objects.requireNonNull(measured, "the node was measured once");
  }

  @Override
  public NodeStatus status() {
    Deadline deadline = Deadline.after(settings.clientTimeout());
    return switch (new LocalRequester(parts.server).ask(new Request.AskNode(), deadline)) {
      case Answer.Node node -> node.status();
      case Answer other -> throw new IllegalStateException("a node described itself as " + other);
    };
  }

  @Override
  public void close() {
    State before = state.getAndSet(State.STOPPED);
    if (before == State.STOPPED) {
      return;
    }
    parts.server.stop("node " + name() + " was closed");
    if (before == State.RUNNING) {
      handOver();
    }
    parts.closeAll();
    log.info("Node {} is closed", name());
  }

  @Override
  public void kill() {
    if (state.getAndSet(State.STOPPED) == State.STOPPED) {
      return;
    }
    parts.killAll();
    parts.server.stop("node " + name() + " was killed");
  }

  /** Called when the driver cannot go on; it has stopped already. On its thread, which must not be held up. */
  void failed(Throwable cause) {
    if (!state.compareAndSet(State.RUNNING, State.FAILED)) {
      return;
    }
    log.error(
        "Node {} has stopped, because going on would be unsafe: {}. It serves nothing until it is restarted; its data"
            + " is in {}",
        name(), cause.getMessage(), settings.dataDir(), cause);
    parts.server.stop("node " + name() + " has failed and must be restarted: " + cause.getMessage());
    Thread.ofPlatform()
        .daemon()
        .name(name() + "-failed")
        .start(
            () -> {
              parts.engine.kill();
              listener.failed(name(), cause);
            });
  }

  /** Gives leadership to the follower that has most of the log, and waits until it is gone, if not for long. */
  private void handOver() {
    if (!parts.roles.role().leads()) {
      return;
    }
    // Whatever becomes of the transfer, no effect of this node runs any more when it closes.
    parts.engine.stopEffects();
    try {
      CompletableFuture<Status> status = new CompletableFuture<>();
      parts.group.status(status::complete);
      Optional<Status.Peer> best =
          status.get(settings.electionTimeout().toMillis(), TimeUnit.MILLISECONDS).peers().stream()
              .filter(peer -> peer.node() != settings.id() && peer.recentlyActive() && !peer.learner())
              .max(Comparator.comparingLong(Status.Peer::match));
      if (best.isEmpty()) {
        return;
      }
      parts.engine.transferLeadership(best.get().node());
      Duration limit = settings.electionTimeout().multipliedBy(HAND_OVER_TIMEOUTS);
      for (Deadline deadline = Deadline.after(limit); parts.roles.role().leads() && !deadline.isOver(); ) {
        LockSupport.parkNanos(HAND_OVER_POLL_NANOS);
      }
    } catch (ExecutionException | TimeoutException e) {
      log.info("Node {} stops without handing over leadership, because its loop does not answer", name());
    } catch (InterruptedException e) {
      // Whoever closes is in a hurry. The cluster elects another leader by itself.
      Thread.currentThread().interrupt();
    } catch (NodeStoppedException e) {
      log.debug("Node {} had stopped when it was to hand over", name(), e);
    }
  }
}
