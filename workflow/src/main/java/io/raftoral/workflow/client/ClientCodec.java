package io.raftoral.workflow.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.proto.v1.ClientProto;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunStatus;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Between the records of the client protocol and their bytes ({@code client.proto}). What comes from outside is checked
 * here: whatever a decoder returns is a request or an answer that makes sense by itself.
 */
public final class ClientCodec {
  private ClientCodec() {}

  /**
   * A request as it travels.
   *
   * @param forwarded whether a node sent it on: it is not forwarded again
   */
  public record Call(Request request, boolean forwarded) {}

  /**
   * An answer as it travels.
   *
   * @param leaderAddress {@code host:port} of the leader as the answering node knows it, empty if it knows none
   */
  public record Reply(Answer answer, String leaderAddress) {}

  /** Bytes of a request. */
  public static byte[] encode(Call call) {
    ClientProto.Request.Builder out = ClientProto.Request.newBuilder().setForwarded(call.forwarded());
    switch (call.request()) {
      case Request.Start start -> {
        ClientProto.Start.Builder in =
              ClientProto.Start.newBuilder()
                  .setType(start.type())
                  .setVersion(start.version())
                  .setWorkflowId(start.workflowId())
                  .setInputJson(wrap(start.inputJson()));
        out.setStart(start.timeoutMs() == Request.Start.NO_TIMEOUT ? in : in.setTimeoutMs(start.timeoutMs()));
      }
      case Request.Signal signal ->
          out.setSignal(
              ClientProto.Signal.newBuilder()
                  .setWorkflowId(signal.workflowId())
                  .setRequestId(signal.requestId())
                  .setName(signal.name())
                  .setValueJson(wrap(signal.json()))
                  .setUpdate(signal.update()));
      case Request.Cancel cancel ->
          out.setCancel(
              ClientProto.Cancel.newBuilder()
                  .setWorkflowId(cancel.workflowId())
                  .setRequestId(cancel.requestId())
                  .setReason(cancel.reason())
                  .setTerminate(cancel.terminate()));
      case Request.AwaitUpdate await ->
          out.setAwaitUpdate(
              ClientProto.AwaitUpdate.newBuilder()
                  .setWorkflowId(await.workflowId())
                  .setRequestId(await.requestId()));
      case Request.Query query ->
          out.setQuery(
              ClientProto.Query.newBuilder()
                  .setWorkflowId(query.workflowId())
                  .setName(query.name())
                  .setArgumentJson(wrap(query.argumentJson())));
      case Request.AwaitEnd await ->
          out.setAwaitEnd(ClientProto.AwaitEnd.newBuilder().setWorkflowId(await.workflowId()));
      case Request.Describe describe ->
          out.setDescribe(ClientProto.Describe.newBuilder().setWorkflowId(describe.workflowId()));
      case Request.ListRuns list -> out.setListRuns(filter(list.filter()));
      case Request.History history ->
          out.setHistory(
              ClientProto.History.newBuilder()
                  .setWorkflowId(history.workflowId())
                  .setPageToken(history.pageToken()));
      case Request.Replicas replicas ->
          out.setReplicas(
              ClientProto.Replicas.newBuilder()
                  .setWorkflowId(replicas.workflowId())
                  .setDecision(ReplicaCodec.decision(replicas.decision())));
      case Request.AskCluster cluster -> out.setAskCluster(ClientProto.AskCluster.getDefaultInstance());
      case Request.AskNode node -> out.setAskNode(ClientProto.AskNode.getDefaultInstance());
    }
    return out.build().toByteArray();
  }

  /** The request that {@code bytes} hold. */
  public static Call decodeCall(byte[] bytes) throws InvalidProtocolBufferException {
    ClientProto.Request in = ClientProto.Request.parseFrom(bytes);
    Request request =
        switch (in.getBodyCase()) {
          case START ->
              new Request.Start(
                  in.getStart().getType(),
                  nonNegative("version", in.getStart().getVersion()),
                  in.getStart().getWorkflowId(),
                  in.getStart().getInputJson().toByteArray(),
                  in.getStart().hasTimeoutMs() ? in.getStart().getTimeoutMs() : Request.Start.NO_TIMEOUT);
          case SIGNAL ->
              new Request.Signal(
                  in.getSignal().getWorkflowId(),
                  in.getSignal().getRequestId(),
                  in.getSignal().getName(),
                  in.getSignal().getValueJson().toByteArray(),
                  in.getSignal().getUpdate());
          case CANCEL ->
              new Request.Cancel(
                  in.getCancel().getWorkflowId(),
                  in.getCancel().getRequestId(),
                  in.getCancel().getReason(),
                  in.getCancel().getTerminate());
          case AWAIT_UPDATE ->
              new Request.AwaitUpdate(in.getAwaitUpdate().getWorkflowId(), in.getAwaitUpdate().getRequestId());
          case QUERY ->
              new Request.Query(
                  in.getQuery().getWorkflowId(),
                  in.getQuery().getName(),
                  in.getQuery().getArgumentJson().toByteArray());
          case AWAIT_END -> new Request.AwaitEnd(in.getAwaitEnd().getWorkflowId());
          case DESCRIBE -> new Request.Describe(in.getDescribe().getWorkflowId());
          case LIST_RUNS -> new Request.ListRuns(filter(in.getListRuns()));
          case HISTORY -> new Request.History(in.getHistory().getWorkflowId(), in.getHistory().getPageToken());
          case REPLICAS ->
              new Request.Replicas(
                  in.getReplicas().getWorkflowId(), ReplicaCodec.decision(in.getReplicas().getDecision()));
          case ASK_CLUSTER -> new Request.AskCluster();
          case ASK_NODE -> new Request.AskNode();
          case BODY_NOT_SET ->
              throw new InvalidProtocolBufferException("the request holds nothing that this version knows");
        };
    return new Call(request, in.getForwarded());
  }

  /** Bytes of an answer. */
  public static byte[] encode(Reply reply) {
    ClientProto.Answer.Builder out = ClientProto.Answer.newBuilder().setLeaderAddress(reply.leaderAddress());
    switch (reply.answer()) {
      case Answer.Refused refused ->
          out.setRefused(
              ClientProto.Refused.newBuilder().setCode(code(refused.refusal())).setMessage(refused.message()));
      case Answer.Started started -> out.setStarted(ClientProto.Started.newBuilder().setRun(started.run()));
      case Answer.Completed completed ->
          out.setEnded(
              ClientProto.Ended.newBuilder()
                  .setStatus(ClientProto.RunStatus.COMPLETED)
                  .setResultJson(wrap(completed.resultJson())));
      case Answer.Failed failed ->
          out.setEnded(
              ClientProto.Ended.newBuilder()
                  .setStatus(
                      failed.status() == null
                          ? ClientProto.RunStatus.RUN_STATUS_UNSPECIFIED
                          : ViewCodec.status(failed.status()))
                  .setFailureType(failed.failureType())
                  .setFailureMessage(failed.failureMessage()));
      case Answer.Accepted accepted -> out.setAccepted(ClientProto.Accepted.getDefaultInstance());
      case Answer.Answered answered ->
          out.setAnswered(ClientProto.Answered.newBuilder().setValueJson(wrap(answered.json())));
      case Answer.StillRunning running -> out.setStillRunning(ClientProto.StillRunning.getDefaultInstance());
      case Answer.Described described -> out.setDescription(ViewCodec.encode(described.description()));
      case Answer.Listed listed -> out.setPage(ViewCodec.encode(listed.page()));
      case Answer.Told told -> out.setHistory(ReplicaCodec.encode(told.page()));
      case Answer.Replicas replicas -> out.setReplicas(ReplicaCodec.encode(replicas.replicas()));
      case Answer.Cluster cluster -> out.setCluster(ViewCodec.encode(cluster.status()));
      case Answer.Node node -> out.setNode(ViewCodec.encode(node.status()));
    }
    return out.build().toByteArray();
  }

  /** The answer that {@code bytes} hold. */
  public static Reply decodeReply(byte[] bytes) throws InvalidProtocolBufferException {
    ClientProto.Answer in = ClientProto.Answer.parseFrom(bytes);
    Answer answer =
        switch (in.getBodyCase()) {
          case REFUSED -> new Answer.Refused(refusal(in.getRefused().getCode()), in.getRefused().getMessage());
          case STARTED -> new Answer.Started(in.getStarted().getRun());
          case ENDED -> ended(in.getEnded());
          case ACCEPTED -> new Answer.Accepted();
          case ANSWERED -> new Answer.Answered(in.getAnswered().getValueJson().toByteArray());
          case STILL_RUNNING -> new Answer.StillRunning();
          case DESCRIPTION -> new Answer.Described(ViewCodec.decode(in.getDescription()));
          case PAGE -> new Answer.Listed(ViewCodec.decode(in.getPage()));
          case HISTORY -> new Answer.Told(ReplicaCodec.decode(in.getHistory()));
          case REPLICAS -> new Answer.Replicas(ReplicaCodec.decode(in.getReplicas()));
          case CLUSTER -> new Answer.Cluster(ViewCodec.decode(in.getCluster()));
          case NODE -> new Answer.Node(ViewCodec.decode(in.getNode()));
          case BODY_NOT_SET ->
              throw new InvalidProtocolBufferException("the answer holds nothing that this version knows");
        };
    return new Reply(answer, in.getLeaderAddress());
  }

  private static Answer ended(ClientProto.Ended in) throws InvalidProtocolBufferException {
    if (in.getStatus() == ClientProto.RunStatus.RUN_STATUS_UNSPECIFIED) {
      return new Answer.Failed(null, in.getFailureType(), in.getFailureMessage());
    }
    RunStatus status = ViewCodec.status(in.getStatus());
    return switch (status) {
      case COMPLETED -> new Answer.Completed(in.getResultJson().toByteArray());
      case FAILED, CANCELLED, TERMINATED, TIMED_OUT, CONTINUED_AS_NEW ->
          new Answer.Failed(status, in.getFailureType(), in.getFailureMessage());
      case RUNNING -> throw new InvalidProtocolBufferException("an ended run that is still running");
    };
  }

  private static ClientProto.ListRuns filter(RunFilter filter) {
    RunStatus status = filter.status();
    String type = filter.type();
    ClientProto.ListRuns.Builder out = ClientProto.ListRuns.newBuilder();
    Instant from = filter.startedFrom();
    if (from != null) {
      out.setStartedFromMs(from.toEpochMilli());
    }
    Instant before = filter.startedBefore();
    if (before != null) {
      out.setStartedBeforeMs(before.toEpochMilli());
    }
    // In order, so that equal filters are equal bytes.
    new TreeMap<>(filter.variables())
        .forEach(
            (name, json) ->
                out.addVariables(ClientProto.Variable.newBuilder().setName(name).setValueJson(json)));
    return out.setType(type == null ? "" : type)
        .setStatus(status == null ? ClientProto.RunStatus.RUN_STATUS_UNSPECIFIED : ViewCodec.status(status))
        .setPageSize(filter.pageSize())
        .setPageToken(filter.pageToken())
        .build();
  }

  private static RunFilter filter(ClientProto.ListRuns in) throws InvalidProtocolBufferException {
    if (in.getPageSize() < 1 || in.getPageSize() > RunFilter.MAX_PAGE_SIZE) {
      throw new InvalidProtocolBufferException(
          "page size must be 1 to " + RunFilter.MAX_PAGE_SIZE + ", but is " + in.getPageSize());
    }
    if (in.getVariablesCount() > RunFilter.MAX_VARIABLES) {
      throw new InvalidProtocolBufferException("a filter with " + in.getVariablesCount() + " variables");
    }
    Map<String, String> variables = new TreeMap<>();
    in.getVariablesList().forEach(variable -> variables.put(variable.getName(), variable.getValueJson()));
    return new RunFilter(
        in.getType().isEmpty() ? null : in.getType(),
        in.getStatus() == ClientProto.RunStatus.RUN_STATUS_UNSPECIFIED ? null : ViewCodec.status(in.getStatus()),
        in.hasStartedFromMs() ? Instant.ofEpochMilli(in.getStartedFromMs()) : null,
        in.hasStartedBeforeMs() ? Instant.ofEpochMilli(in.getStartedBeforeMs()) : null,
        variables,
        in.getPageSize(),
        in.getPageToken());
  }

  private static ClientProto.RefusalCode code(Refusal refusal) {
    return switch (refusal) {
      case NO_LEADER -> ClientProto.RefusalCode.NO_LEADER;
      case OVERLOADED -> ClientProto.RefusalCode.OVERLOADED;
      case UNKNOWN_WORKFLOW -> ClientProto.RefusalCode.UNKNOWN_WORKFLOW;
      case UNKNOWN_TYPE -> ClientProto.RefusalCode.UNKNOWN_TYPE;
      case ID_IN_USE -> ClientProto.RefusalCode.ID_IN_USE;
      case BAD_REQUEST -> ClientProto.RefusalCode.BAD_REQUEST;
      case RUN_ENDED -> ClientProto.RefusalCode.RUN_ENDED;
      case UNAVAILABLE -> ClientProto.RefusalCode.UNAVAILABLE;
      case LIMIT_EXCEEDED -> ClientProto.RefusalCode.LIMIT_EXCEEDED;
      case OUTCOME_UNKNOWN -> ClientProto.RefusalCode.OUTCOME_UNKNOWN;
    };
  }

  private static Refusal refusal(ClientProto.RefusalCode code) {
    return switch (code) {
      case NO_LEADER -> Refusal.NO_LEADER;
      case OVERLOADED -> Refusal.OVERLOADED;
      case UNKNOWN_WORKFLOW -> Refusal.UNKNOWN_WORKFLOW;
      case UNKNOWN_TYPE -> Refusal.UNKNOWN_TYPE;
      case ID_IN_USE -> Refusal.ID_IN_USE;
      case BAD_REQUEST -> Refusal.BAD_REQUEST;
      case RUN_ENDED -> Refusal.RUN_ENDED;
      case UNAVAILABLE -> Refusal.UNAVAILABLE;
      case LIMIT_EXCEEDED -> Refusal.LIMIT_EXCEEDED;
      // A code that a newer node has and this client has not: the one thing it can safely be taken for.
      case OUTCOME_UNKNOWN, REFUSAL_UNSPECIFIED, UNRECOGNIZED -> Refusal.OUTCOME_UNKNOWN;
    };
  }

  private static int nonNegative(String what, int value) throws InvalidProtocolBufferException {
    if (value < 0) {
      throw new InvalidProtocolBufferException(what + " is out of range: " + Integer.toUnsignedString(value));
    }
    return value;
  }

  /** Without a copy: the records promise that their bytes do not change. */
  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
