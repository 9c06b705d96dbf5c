package io.raftoral.workflow.engine;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.Status;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A log of one node that commits what is proposed at once and keeps nothing: what an engine does by itself, without
 * Raft's costs. One thread applies, in batches, as the driver's does.
 */
final class SingleNodeLog implements Group, AutoCloseable {
  private static final int MAX_BATCH = 1_000;

  private final WorkflowEngine engine;
  private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(100_000);
  private final Thread thread;
  private final long term;
  private volatile boolean closed;

  /** Makes {@code engine} the leader of a log that goes on where the engine's state ends. */
  SingleNodeLog(WorkflowEngine engine, long term) {
    this.engine = engine;
    this.term = term;
    if (engine.applied().index() == 0) {
      engine.founded(ConfState.ofVoters(List.of(1L)));
    }
    engine.bind(this);
    thread = Thread.ofPlatform().name("apply").start(this::run);
  }

  private void run() {
    engine.roleChanged(new RoleChange(term, 1, true));
    engine.apply(List.of(new Committed.Commands(engine.applied().index() + 1, term, List.of())));
    try {
      while (!closed) {
        List<byte[]> batch = new ArrayList<>();
        batch.add(queue.take());
        queue.drainTo(batch, MAX_BATCH);
        engine.apply(List.of(new Committed.Commands(engine.applied().index() + 1, term, List.copyOf(batch))));
      }
    } catch (InterruptedException stopped) {
      return;
    }
  }

  @Override
  public long id() {
    return 1;
  }

  @Override
  public void propose(byte[] command, ProposalListener listener) {
    if (!queue.offer(command)) {
      listener.refused(ProposalResult.Reason.OVERLOADED, 1);
    }
  }

  @Override
  public long leaseUntilNanos() {
    return Long.MAX_VALUE;
  }

  @Override
  public void proposeChange(ConfChange change, ProposalListener listener) {
    throw new IllegalStateException("one node is all there is");
  }

  @Override
  public void read(ReadListener listener) {
    throw new IllegalStateException("nobody reads");
  }

  @Override
  public void transferLeadership(long node) {
    throw new IllegalStateException("one node is all there is");
  }

  @Override
  public void status(Consumer<Status> consumer) {
    throw new IllegalStateException("nobody asks");
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException inHurry) {
      Thread.currentThread().interrupt();
    }
  }
}
