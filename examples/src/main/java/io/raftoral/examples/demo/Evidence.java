package io.raftoral.examples.demo;

import io.raftoral.examples.orders.Order;
import io.raftoral.examples.service.MemoryLedger;
import io.raftoral.workflow.NodeStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the demo found out.
 *
 * @param orders what had to be done
 * @param prefix of the ids of the orders' workflows
 * @param ends what became of each, by order id
 * @param calls what the fake services were asked to do for them
 * @param reigns who was active when
 * @param killing who was killed, and when
 * @param failoverNanos from the kill to the next committed checkpoint; empty if there was none
 * @param probed whether that checkpoint was made by a run started for the purpose, because all orders had ended
 * @param restart how the killed node came back
 * @param checkpoints how many were committed in all
 * @param lost those that were committed before the kill and are not in the journals any more, one line each
 * @param statuses the nodes at the end
 * @param problems what the nodes themselves complained of
 * @param startedAt by {@link System#nanoTime}
 * @param finishedAt likewise
 */
record Evidence(
    List<Order> orders,
    String prefix,
    Map<String, OrderEnd> ends,
    List<MemoryLedger.Entry> calls,
    List<Reign> reigns,
    Witness.Killing killing,
    Optional<Long> failoverNanos,
    boolean probed,
    Optional<Restart> restart,
    long checkpoints,
    List<String> lost,
    List<NodeStatus> statuses,
    List<String> problems,
    long startedAt,
    long finishedAt) {

  /**
   * The return of the killed node.
   *
   * @param restartedAt by {@link System#nanoTime}
   * @param indexOnDisk what it had applied when it came back
   * @param caughtUpIndex what the others had applied then, and it has now
   * @param catchUpNanos how long that took, from the start of the node on
   */
  record Restart(long restartedAt, long indexOnDisk, long caughtUpIndex, long catchUpNanos) {}
}
