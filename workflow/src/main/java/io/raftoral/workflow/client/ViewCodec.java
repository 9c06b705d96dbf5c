package io.raftoral.workflow.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.proto.v1.ClientProto;
import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The larger answers of the client protocol: runs and nodes as they are shown to people. */
final class ViewCodec {
  private ViewCodec() {}

  static ClientProto.RunSummary encode(RunSummary summary) {
    ClientProto.RunSummary.Builder out =
        ClientProto.RunSummary.newBuilder()
            .setWorkflowId(summary.workflowId())
            .setRun(summary.run())
            .setType(summary.type())
            .setVersion(summary.version())
            .setStatus(status(summary.status()))
            .setStartedAtMs(summary.startedAt().toEpochMilli())
            .setCheckpoints(summary.checkpoints());
    Instant endedAt = summary.endedAt();
    if (endedAt != null) {
      out.setEndedAtMs(endedAt.toEpochMilli());
    }
    return out.build();
  }

  static RunSummary decode(ClientProto.RunSummary in) throws InvalidProtocolBufferException {
    return new RunSummary(
        in.getWorkflowId(),
        in.getRun(),
        in.getType(),
        in.getVersion(),
        status(in.getStatus()),
        Instant.ofEpochMilli(in.getStartedAtMs()),
        in.hasEndedAtMs() ? Instant.ofEpochMilli(in.getEndedAtMs()) : null,
        in.getCheckpoints());
  }

  static ClientProto.RunDescription encode(RunDescription description) {
    ClientProto.RunDescription.Builder out =
        ClientProto.RunDescription.newBuilder()
            .setSummary(encode(description.summary()))
            .setInputJson(description.input());
    if (description.result() != null) {
      out.setResultJson(description.result());
    }
    if (description.failureType() != null) {
      out.setFailureType(description.failureType());
    }
    if (description.failureMessage() != null) {
      out.setFailureMessage(description.failureMessage());
    }
    if (description.problem() != null) {
      out.setProblem(description.problem());
    }
    description
        .variables()
        .forEach(
            (name, value) ->
                out.addVariables(ClientProto.Variable.newBuilder().setName(name).setValueJson(value)));
    for (RunDescription.Checkpoint checkpoint : description.journal()) {
      out.addJournal(
          ClientProto.Checkpoint.newBuilder()
              .setPosition(checkpoint.position())
              .setKind(checkpoint.kind())
              .setName(checkpoint.name())
              .setValue(checkpoint.value())
              .setTerm(checkpoint.term()));
    }
    return out.build();
  }

  static RunDescription decode(ClientProto.RunDescription in) throws InvalidProtocolBufferException {
    Map<String, String> variables = new LinkedHashMap<>();
    for (ClientProto.Variable variable : in.getVariablesList()) {
      variables.put(variable.getName(), variable.getValueJson());
    }
    List<RunDescription.Checkpoint> journal = new ArrayList<>(in.getJournalCount());
    for (ClientProto.Checkpoint checkpoint : in.getJournalList()) {
      journal.add(
          new RunDescription.Checkpoint(
              checkpoint.getPosition(),
              checkpoint.getKind(),
              checkpoint.getName(),
              checkpoint.getValue(),
              checkpoint.getTerm()));
    }
    return new RunDescription(
        decode(in.getSummary()),
        in.getInputJson(),
        in.hasResultJson() ? in.getResultJson() : null,
        in.hasFailureType() ? in.getFailureType() : null,
        in.hasFailureMessage() ? in.getFailureMessage() : null,
        variables,
        journal,
        in.hasProblem() ? in.getProblem() : null);
  }

  static ClientProto.RunPage encode(RunPage page) {
    ClientProto.RunPage.Builder out = ClientProto.RunPage.newBuilder().setNextPageToken(page.nextPageToken());
    page.runs().forEach(run -> out.addRuns(encode(run)));
    return out.build();
  }

  static RunPage decode(ClientProto.RunPage in) throws InvalidProtocolBufferException {
    List<RunSummary> runs = new ArrayList<>(in.getRunsCount());
    for (ClientProto.RunSummary run : in.getRunsList()) {
      runs.add(decode(run));
    }
    return new RunPage(runs, in.getNextPageToken());
  }

  static ClientProto.NodeStatus encode(NodeStatus status) {
    ClientProto.NodeStatus.Builder out =
        ClientProto.NodeStatus.newBuilder()
            .setNode(status.node())
            .setAddress(status.address())
            .setReachable(status.reachable())
            .setRole(status.role())
            .setTerm(status.term())
            .setActive(status.active())
            .setCommitIndex(status.commitIndex())
            .setAppliedIndex(status.appliedIndex())
            .setDigestIndex(status.digestIndex())
            .setStateDigest(status.stateDigest())
            .setOpenRuns(status.openRuns())
            .setEndedRuns(status.endedRuns());
    if (status.leader() != null) {
      out.setLeader(status.leader());
    }
    return out.build();
  }

  static NodeStatus decode(ClientProto.NodeStatus in) {
    return new NodeStatus(
        in.getNode(),
        in.getAddress(),
        in.getReachable(),
        in.getRole(),
        in.getTerm(),
        in.hasLeader() ? in.getLeader() : null,
        in.getActive(),
        in.getCommitIndex(),
        in.getAppliedIndex(),
        in.getDigestIndex(),
        in.getStateDigest(),
        in.getOpenRuns(),
        in.getEndedRuns());
  }

  static ClientProto.ClusterStatus encode(ClusterStatus status) {
    ClientProto.ClusterStatus.Builder out = ClientProto.ClusterStatus.newBuilder().setCluster(status.cluster());
    status.nodes().forEach(node -> out.addNodes(encode(node)));
    return out.build();
  }

  static ClusterStatus decode(ClientProto.ClusterStatus in) {
    return new ClusterStatus(in.getCluster(), in.getNodesList().stream().map(ViewCodec::decode).toList());
  }

  static ClientProto.RunStatus status(RunStatus status) {
    return switch (status) {
      case RUNNING -> ClientProto.RunStatus.RUNNING;
      case COMPLETED -> ClientProto.RunStatus.COMPLETED;
      case FAILED -> ClientProto.RunStatus.FAILED;
      case CANCELLED -> ClientProto.RunStatus.CANCELLED;
      case TERMINATED -> ClientProto.RunStatus.TERMINATED;
      case TIMED_OUT -> ClientProto.RunStatus.TIMED_OUT;
      case CONTINUED_AS_NEW -> ClientProto.RunStatus.CONTINUED_AS_NEW;
    };
  }

  static RunStatus status(ClientProto.RunStatus status) throws InvalidProtocolBufferException {
    return switch (status) {
      case RUNNING -> RunStatus.RUNNING;
      case COMPLETED -> RunStatus.COMPLETED;
      case FAILED -> RunStatus.FAILED;
      case CANCELLED -> RunStatus.CANCELLED;
      case TERMINATED -> RunStatus.TERMINATED;
      case TIMED_OUT -> RunStatus.TIMED_OUT;
      case CONTINUED_AS_NEW -> RunStatus.CONTINUED_AS_NEW;
      case RUN_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidProtocolBufferException("the status of a run is one that this version does not know");
    };
  }
}
