package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.raft.trace.TraceEvent;
import io.raftoral.raft.trace.TraceEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A tracer sees every transition, in order, with the state that a specification knows. */
class TracerTest {
  private final List<TraceEvent> events = new ArrayList<>();
  private final MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L, 2L, 3L)));
  private final RawNode node =
      new RawNode(RaftConfig.defaults(1).withCheckQuorum(false), storage, new Random(1), events::add);

  private List<Kind> kinds() {
    List<Kind> kinds = events.stream().map(TraceEvent::kind).toList();
    events.clear();
    return kinds;
  }

  private void handleReady() {
    Ready ready = node.ready();
    storage.write(ready.hardState(), ready.snapshot(), ready.entries());
    node.advance(ready);
  }

  @Test
  void aTermIsTracedFromTheElectionToTheCommit() {
    assertThat(kinds()).containsExactly(Kind.INIT);
    node.campaign();
    assertThat(kinds()).containsExactly(Kind.BECOME_PRE_CANDIDATE, Kind.SEND, Kind.SEND, Kind.SEND);
    handleReady();
    node.step(new Message.PreVoteResponse(2, 1, 1, true, 0, 0));
    assertThat(kinds()).containsExactly(Kind.RECEIVE, Kind.BECOME_CANDIDATE, Kind.SEND, Kind.SEND, Kind.SEND);
    handleReady();
    node.step(new Message.VoteResponse(2, 1, 1, true, 0, 0));
    TraceEvent received = events.getFirst();
    assertThat(received.message()).isEqualTo(new Message.VoteResponse(2, 1, 1, true, 0, 0));
    assertThat(received.role()).as("the state before it is handled").isEqualTo(RoleName.CANDIDATE);
    TraceEvent leads = events.get(1);
    assertThat(leads)
        .isEqualTo(
            new TraceEvent(
                Kind.BECOME_LEADER, 1, 1, 1, 0, RoleName.LEADER, 0, ConfState.ofVoters(List.of(1L, 2L, 3L)), null));
    assertThat(kinds())
        .containsExactly(Kind.RECEIVE, Kind.BECOME_LEADER, Kind.REPLICATE, Kind.SEND, Kind.SEND, Kind.SEND);
    handleReady();
    node.step(new Message.AppendAccepted(2, 1, 1, 1));
    assertThat(events.get(1).kind()).isEqualTo(Kind.COMMIT);
    assertThat(events.get(1).commit()).isEqualTo(1);
    assertThat(events.get(1).logLength()).isEqualTo(1);
  }

  @Test
  void aSnapshotIsTracedAsEntriesAndAConfiguration() {
    ConfState confState = ConfState.ofVoters(List.of(1L, 2L));
    Snapshot snapshot = new Snapshot(new SnapshotMetadata(4, 1, confState), new byte[0]);
    events.clear();
    node.step(new Message.InstallSnapshot(2, 1, 1, snapshot));
    assertThat(events.get(2).logLength()).isEqualTo(4);
    assertThat(kinds())
        .containsExactly(Kind.RECEIVE, Kind.BECOME_FOLLOWER, Kind.APPEND, Kind.APPLY_CONFIGURATION, Kind.SEND);
  }

  @Test
  void whatAFollowerTakesOverAndAppliesIsTraced() {
    events.clear();
    Entry change = new Entry.Membership(1, 1, ConfChange.simple(ConfChange.Kind.REMOVE, 3));
    node.step(new Message.AppendRequest(2, 1, 1, 0, 0, 1, List.of(change)));
    assertThat(kinds()).containsExactly(Kind.RECEIVE, Kind.BECOME_FOLLOWER, Kind.APPEND, Kind.COMMIT, Kind.SEND);
    handleReady();
    node.step(new Message.AppendRequest(2, 1, 1, 1, 1, 1, List.of()));
    assertThat(kinds()).as("nothing new").containsExactly(Kind.RECEIVE, Kind.SEND);
    node.step(new Message.AppendRequest(2, 1, 1, 1, 1, 1, List.of(Entry.Normal.blank(1, 2))));
    events.clear();
    node.step(new Message.Heartbeat(2, 1, 1, 2, 1));
    assertThat(kinds()).containsExactly(Kind.RECEIVE, Kind.COMMIT, Kind.SEND);
    node.applyConfChange(ConfChange.simple(ConfChange.Kind.REMOVE, 3));
    assertThat(events).singleElement().extracting(TraceEvent::kind).isEqualTo(Kind.APPLY_CONFIGURATION);
    assertThat(events.getFirst().configuration().voters()).containsExactly(1L, 2L);
  }
}
