package io.raftoral.workflow.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.proto.v1.ClientProto;
import io.raftoral.workflow.HistoryEntry;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The answers of the client protocol that operators ask for: replicas of runs, and journals. */
final class ReplicaCodec {
  private ReplicaCodec() {}

  static ClientProto.HistoryPage encode(HistoryPage page) {
    ClientProto.HistoryPage.Builder out =
        ClientProto.HistoryPage.newBuilder().setNextPageToken(page.nextPageToken());
    for (HistoryEntry entry : page.entries()) {
      out.addEntries(
          ClientProto.HistoryEntry.newBuilder()
              .setBranch(entry.branch())
              .setPosition(entry.position())
              .setTimeMs(entry.time().toEpochMilli())
              .setKind(entry.kind())
              .setName(entry.name())
              .setValue(entry.value())
              .setTerm(entry.term()));
    }
    return out.build();
  }

  static HistoryPage decode(ClientProto.HistoryPage in) {
    List<HistoryEntry> entries = new ArrayList<>(in.getEntriesCount());
    for (ClientProto.HistoryEntry entry : in.getEntriesList()) {
      entries.add(
          new HistoryEntry(
              entry.getBranch(),
              entry.getPosition(),
              Instant.ofEpochMilli(entry.getTimeMs()),
              entry.getKind(),
              entry.getName(),
              entry.getValue(),
              entry.getTerm()));
    }
    return new HistoryPage(entries, in.getNextPageToken());
  }

  static ClientProto.RunReplicas encode(List<RunReplica> replicas) {
    ClientProto.RunReplicas.Builder out = ClientProto.RunReplicas.newBuilder();
    for (RunReplica replica : replicas) {
      ClientProto.RunReplica.Builder one =
          ClientProto.RunReplica.newBuilder().setNode(replica.node()).setState(replica.state().name());
      RunProblem problem = replica.problem();
      if (problem != null) {
        one.setProblem(
            ClientProto.RunProblem.newBuilder()
                .setKind(problem.kind().name())
                .setMessage(problem.message())
                .setPosition(problem.position())
                .setExpected(problem.expected())
                .setActual(problem.actual())
                .setLine(problem.line())
                .addAllStack(problem.stack()));
      }
      out.addReplicas(one);
    }
    return out.build();
  }

  static List<RunReplica> decode(ClientProto.RunReplicas in) throws InvalidProtocolBufferException {
    List<RunReplica> replicas = new ArrayList<>(in.getReplicasCount());
    for (ClientProto.RunReplica replica : in.getReplicasList()) {
      replicas.add(
          new RunReplica(
              replica.getNode(),
              constant(RunReplica.State.class, replica.getState()),
              replica.hasProblem() ? problem(replica.getProblem()) : null));
    }
    return replicas;
  }

  private static RunProblem problem(ClientProto.RunProblem in) throws InvalidProtocolBufferException {
    return new RunProblem(
        constant(RunProblem.Kind.class, in.getKind()),
        in.getMessage(),
        in.getPosition(),
        in.getExpected(),
        in.getActual(),
        in.getLine(),
        in.getStackList());
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) throws InvalidProtocolBufferException {
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException unknown) {
      throw new InvalidProtocolBufferException(
          "a " + type.getSimpleName() + " that this version does not know: " + name);
    }
  }

  static ClientProto.Decision decision(Decision decision) {
    return switch (decision) {
      case NONE -> ClientProto.Decision.LOOK;
      case RETRY -> ClientProto.Decision.RETRY;
      case SKIP -> ClientProto.Decision.SKIP;
    };
  }

  static Decision decision(ClientProto.Decision decision) throws InvalidProtocolBufferException {
    return switch (decision) {
      case LOOK -> Decision.NONE;
      case RETRY -> Decision.RETRY;
      case SKIP -> Decision.SKIP;
      case UNRECOGNIZED -> throw new InvalidProtocolBufferException("a decision that this version does not know");
    };
  }
}
