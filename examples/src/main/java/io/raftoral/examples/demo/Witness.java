package io.raftoral.examples.demo;

import io.raftoral.workflow.NodeListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens to all nodes and remembers what they say: who was active when, and which checkpoints were committed in which
 * term. Safe for use by several threads; its methods are quick, as a listener's have to be.
 */
final class Witness {
  private final String prefix;
  private final Consumer<String> announce;
  private final List<Reign> reigns = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<String, NavigableMap<Long, Long>> checkpoints = new TreeMap<>();
  private final CountDownLatch killMoment = new CountDownLatch(1);
  private final CountDownLatch failover = new CountDownLatch(1);
  private long killAfter;
  private long count;
  private @Nullable Killing killing;
  private long failoverAt;

  /**
   * The end of a node.
   *
   * @param term the one it led in
   * @param nanoTime when, by {@link System#nanoTime}
   * @param afterCheckpoints how many checkpoints were committed before
   * @param acknowledged which ones: by run and position, with the term that they were computed in
   */
  record Killing(
      String node,
      long term,
      long nanoTime,
      long afterCheckpoints,
      Map<String, NavigableMap<Long, Long>> acknowledged) {}

  /**
   * A witness.
   *
   * @param prefix of the ids of the runs that count; older ones may be in the data directories
   * @param announce told of changes of leadership, in a few words
   */
  Witness(String prefix, Consumer<String> announce) {
    this.prefix = prefix;
    this.announce = announce;
  }

  /** {@link #killMoment} has come when so many checkpoints were committed. */
  synchronized void killAfter(long checkpointCount) {
    killAfter = checkpointCount;
  }

  /** A listener for one life of a node. A node that was killed cannot testify any more: see {@link Seat#leave}. */
  Seat seat() {
    return new Seat();
  }

  /** What one life of a node reports to. */
  final class Seat implements NodeListener {
    private boolean left;

    private Seat() {}

    /** From now on whatever this life of the node reports is ignored. */
    void leave() {
      synchronized (Witness.this) {
        left = true;
      }
    }

    @Override
    public void activated(String node, long term) {
      synchronized (Witness.this) {
        if (left) {
          return;
        }
        reigns.add(new Reign(node, term, System.nanoTime(), Reign.OPEN, false));
      }
      announce.accept(node + " leads in term " + term);
    }

    @Override
    public void deactivated(String node, long term) {
      synchronized (Witness.this) {
        if (left) {
          return;
        }
        end(node, term, false);
      }
      announce.accept(node + " does not lead any more");
    }

    @Override
    public void checkpointApplied(String node, String workflowId, long position, long term) {
      synchronized (Witness.this) {
        if (!left && workflowId.startsWith(prefix)) {
          checkpoint(node, workflowId, position, term);
        }
      }
    }

    @Override
    public void runBlocked(String node, String workflowId, String problem) {
      problem(workflowId + " cannot go on at " + node + ": " + problem);
    }

    @Override
    public void failed(String node, Throwable cause) {
      problem(node + " stopped by itself: " + cause);
    }

    private void problem(String text) {
      synchronized (Witness.this) {
        if (left) {
          return;
        }
        problems.add(text);
      }
      announce.accept(text);
    }
  }

  private void checkpoint(String node, String workflowId, long position, long term) {
    Long before = checkpoints.computeIfAbsent(workflowId, id -> new TreeMap<>()).putIfAbsent(position, term);
    if (before != null) {
      if (before != term) {
        problems.add(
            "position %d of %s was committed in term %d, and again in term %d (seen on %s)"
                .formatted(position, workflowId, before, term, node));
      }
      return;
    }
    count++;
    if (count == killAfter) {
      killMoment.countDown();
    }
    if (killing != null && term > killing.term() && failoverAt == 0) {
      failoverAt = System.nanoTime();
      failover.countDown();
    }
  }

  /** Called right before {@code node} is killed: everything after this counts as after the kill. */
  synchronized Killing killed(String node) {
    long term = 0;
    for (Reign reign : reigns) {
      term = Math.max(term, reign.term());
    }
    Map<String, NavigableMap<Long, Long>> acknowledged = checkpoints();
    Killing now = new Killing(node, term, System.nanoTime(), count, acknowledged);
    end(node, term, true);
    killing = now;
    return now;
  }

  private void end(String node, long term, boolean byKill) {
    reigns.replaceAll(
        reign ->
            reign.open() && reign.node().equals(node) && reign.term() == term
                ? reign.endedAt(System.nanoTime(), byKill)
                : reign);
  }

  /** Counted down with the checkpoint after which the leader has to be killed. */
  CountDownLatch killMoment() {
    return killMoment;
  }

  /** Counted down with the first checkpoint that was computed by a later leader than the killed one. */
  CountDownLatch failover() {
    return failover;
  }

  /** Nanoseconds from the kill to the next committed checkpoint; empty if there was none yet. */
  synchronized Optional<Long> failoverNanos() {
    return killing == null || failoverAt == 0 ? Optional.empty() : Optional.of(failoverAt - killing.nanoTime());
  }

  /** The node that is active now, as far as is known. */
  synchronized Optional<String> active() {
    Reign newest = null;
    for (Reign reign : reigns) {
      if (reign.open() && (newest == null || reign.term() > newest.term())) {
        newest = reign;
      }
    }
    return Optional.ofNullable(newest).map(Reign::node);
  }

  /** How many different checkpoints were committed. */
  synchronized long count() {
    return count;
  }

  synchronized List<Reign> reigns() {
    return List.copyOf(reigns);
  }

  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  private Map<String, NavigableMap<Long, Long>> checkpoints() {
    Map<String, NavigableMap<Long, Long>> copy = new TreeMap<>();
    checkpoints.forEach((id, positions) -> copy.put(id, new TreeMap<>(positions)));
    return copy;
  }
}
