package io.raftoral.workflow.engine.state;

import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;

/**
 * What is true of a group's state as a whole. Written in the same batch as what it speaks of.
 *
 * @param applied the prefix of the log that the state contains
 * @param clockMs the group's clock: the latest time that any applied command carried. Never goes backwards
 * @param nextRun the number that the next run gets
 * @param asleepRuns how many of the open runs have no thread anywhere
 */
record Meta(
    SnapshotMetadata applied, long clockMs, long nextRun, long openRuns, long endedRuns, long asleepRuns) {
  static final Meta EMPTY = new Meta(SnapshotMetadata.EMPTY, 0, 1, 0, 0, 0);

  byte[] encode() {
    ConfState members = applied.confState();
    return WorkflowProto.Meta.newBuilder()
        .setLayoutVersion(KeyLayout.VERSION)
        .setAppliedIndex(applied.index())
        .setAppliedTerm(applied.term())
        .setMembers(
            WorkflowProto.Members.newBuilder()
                .addAllVoters(members.voters())
                .addAllLearners(members.learners())
                .addAllVotersOutgoing(members.votersOutgoing())
                .addAllLearnersNext(members.learnersNext())
                .setAutoLeave(members.autoLeave()))
        .setClockMs(clockMs)
        .setNextRun(nextRun)
        .setOpenRuns(openRuns)
        .setEndedRuns(endedRuns)
        .setAsleepRuns(asleepRuns)
        .build()
        .toByteArray();
  }

  static Meta decode(byte[] bytes) {
    WorkflowProto.Meta meta = Stored.parse(WorkflowProto.Meta.parser(), bytes);
    if (meta.getLayoutVersion() != KeyLayout.VERSION) {
      throw new UnknownCommandException(
          "a state of layout version " + meta.getLayoutVersion() + " (known is " + KeyLayout.VERSION + ")");
    }
    WorkflowProto.Members members = meta.getMembers();
    ConfState confState =
        new ConfState(
            members.getVotersList(),
            members.getLearnersList(),
            members.getVotersOutgoingList(),
            members.getLearnersNextList(),
            members.getAutoLeave());
    return new Meta(
        new SnapshotMetadata(meta.getAppliedIndex(), meta.getAppliedTerm(), confState),
        meta.getClockMs(),
        meta.getNextRun(),
        meta.getOpenRuns(),
        meta.getEndedRuns(),
        meta.getAsleepRuns());
  }
}
