package io.raftoral.raft.role;

import io.raftoral.raft.Status;
import io.raftoral.raft.log.RaftLog;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.progress.Progress;
import java.util.ArrayList;
import java.util.List;

/** Puts together what an operator asks for. */
final class StatusReport {

  private StatusReport() {}

  static Status of(RaftCore core, long rejectedMessages) {
    RaftLog log = core.log();
    Leader leader = core.role() instanceof Leader l ? l : null;
    return new Status(
        core.id(),
        core.role().name(),
        core.term(),
        core.vote(),
        core.leader(),
        leader == null ? Message.NOBODY : leader.transfer().transferee(),
        log.committed(),
        log.applied(),
        log.firstIndex(),
        log.lastIndex(),
        log.lastTerm(),
        leader == null ? 0 : leader.uncommittedBytes(),
        core.membership().confState(),
        rejectedMessages,
        leader == null ? List.of() : peers(core, leader));
  }

  private static List<Status.Peer> peers(RaftCore core, Leader leader) {
    List<Status.Peer> peers = new ArrayList<>();
    leader
        .replication()
        .members()
        .forEach((node, progress) -> peers.add(peer(node, core.membership().isLearner(node), progress)));
    return List.copyOf(peers);
  }

  private static Status.Peer peer(long node, boolean learner, Progress progress) {
    return new Status.Peer(
        node,
        switch (progress.state()) {
          case PROBE -> Status.Replication.PROBE;
          case REPLICATE -> Status.Replication.REPLICATE;
          case SNAPSHOT -> Status.Replication.SNAPSHOT;
        },
        progress.match(),
        progress.next(),
        learner,
        progress.isPaused(),
        progress.pendingSnapshot(),
        progress.recentlyActive(),
        progress.inFlights().count(),
        progress.inFlights().bytes());
  }
}
