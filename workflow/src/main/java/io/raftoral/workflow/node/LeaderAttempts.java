package io.raftoral.workflow.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.message.Message;
import io.raftoral.transport.RequestFailedException;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.Backoff;
import io.raftoral.workflow.client.ClientCodec;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.Refusal;
import io.raftoral.workflow.client.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One command on its way to the leader, wherever that is and however often it moves. Commands are idempotent by their ids, so
 * one may be repeated even if an earlier attempt may have been executed; that one may have been is remembered, for then
 * the end of the time means "unknown".
 *
 * <p>One hop: a node that was sent a forwarded command and does not lead refuses it, and the first node tries again.
 */
final class LeaderAttempts {
  private final Request.Command request;
  private final boolean forwarded;
  private final Deadline deadline;
  private final CompletableFuture<Answer> answer;
  private final Replica replica;
  private final Members members;
  private final RequestThreads threads;
  private final Backoff backoff = new Backoff();

  /** Whether an attempt is under way, or ended without telling how. */
  private volatile boolean maybeExecuted;

  /** What kept the last attempt from succeeding. */
  private volatile String problem;

  LeaderAttempts(
      Request.Command request,
      boolean forwarded,
      Deadline deadline,
      CompletableFuture<Answer> answer,
      Replica replica,
      Members members,
      RequestThreads threads) {
    this.request = request;
    this.forwarded = forwarded;
    this.deadline = deadline;
    this.answer = answer;
    this.replica = replica;
    this.members = members;
    this.threads = threads;
    problem = members.self().name() + " knows no leader";
  }

  void run() {
    threads.atDeadline(deadline, answer, this::late);
    attempt();
  }

  private void attempt() {
    if (answer.isDone()) {
      return;
    }
    RoleChange role = replica.role();
    if (role.leads()) {
      here();
    } else if (forwarded) {
      refuseForwarded();
    } else if (role.leader() == Message.NOBODY) {
      problem = members.self().name() + " knows no leader";
      again();
    } else {
      there(role.leader());
    }
  }

  private void here() {
    boolean before = maybeExecuted;
    maybeExecuted = true;
    boolean underWay =
        threads.tryWork(
            answer,
            () -> {
              Futures.whenDone(
                  done(),
                  answer::complete,
                  failure -> failedHere(failure, before));
              return null;
            });
    if (!underWay) {
      maybeExecuted = before;
      finishOrRepeat(RequestThreads.OVERLOADED);
    }
  }

  private CompletableFuture<Answer> done() {
    return switch (request) {
      case Request.Start start -> replica.start(start).thenApply(started -> new Answer.Started(started.run()));
      case Request.Signal signal -> replica.signal(signal).thenApply(applied -> new Answer.Accepted());
      case Request.Cancel cancel -> replica.cancel(cancel).thenApply(applied -> new Answer.Accepted());
    };
  }

  private void failedHere(Throwable failure, boolean before) {
    // A node that stops forgets what it proposed, and that may be committed all the same.
    Answer refused =
        failure instanceof NodeStoppedException
            ? new Answer.Refused(Refusal.OUTCOME_UNKNOWN, String.valueOf(failure.getMessage()))
            : Answers.of(failure);
    maybeExecuted = before || isUnknown(refused);
    finishOrRepeat(refused);
  }

  private void there(long leader) {
    boolean before = maybeExecuted;
    maybeExecuted = true;
    String name = members.nameOf(leader) + " at " + members.addressOf(leader);
    byte[] question = ClientCodec.encode(new ClientCodec.Call(request, true));
    Futures.whenDone(
        members.channel(leader).request(question, Duration.ofMillis(Math.max(1, deadline.leftMs()))),
        bytes -> answered(name, bytes, before),
        failure -> failed(name, failure, before));
  }

  private void answered(String leader, byte[] bytes, boolean before) {
    try {
      Answer reply = ClientCodec.decodeReply(bytes).answer();
      maybeExecuted = before || isUnknown(reply);
      finishOrRepeat(reply);
    } catch (InvalidProtocolBufferException e) {
      problem = leader + " answered what this node does not understand: " + e.getMessage();
      again();
    }
  }

  private void failed(String leader, Throwable failure, boolean before) {
    problem = leader + ": " + failure.getMessage();
    if (!(failure instanceof RequestFailedException failed)) {
      answer.complete(Answers.of(failure));
      return;
    }
    maybeExecuted = before || failed.maybeExecuted();
    switch (failed.reason()) {
      case TOO_LARGE -> answer.complete(new Answer.Refused(Refusal.LIMIT_EXCEEDED, problem));
      case OVERLOADED -> finishOrRepeat(new Answer.Refused(Refusal.OVERLOADED, problem));
      case UNREACHABLE, REFUSED, TIMED_OUT, CONNECTION_LOST, FAILED, CLOSED -> again();
    }
  }

  /** Leadership moves, and nodes stop: those pass. Everything else is the client's to know. */
  private void finishOrRepeat(Answer reply) {
    if (!(reply instanceof Answer.Refused refused)) {
      answer.complete(reply);
      return;
    }
    switch (refused.refusal()) {
      case NO_LEADER, UNAVAILABLE, OUTCOME_UNKNOWN -> {
        problem = refused.message();
        again();
      }
      // This attempt was not carried out; an earlier one may have been.
      case OVERLOADED ->
          answer.complete(
              maybeExecuted ? new Answer.Refused(Refusal.OUTCOME_UNKNOWN, refused.message()) : refused);
      case UNKNOWN_WORKFLOW, UNKNOWN_TYPE, ID_IN_USE, BAD_REQUEST, RUN_ENDED, LIMIT_EXCEEDED -> answer.complete(refused);
    }
  }

  private void again() {
    threads.later(Math.min(backoff.nextMs(), deadline.leftMs()), this::attempt);
  }

  private void refuseForwarded() {
    String message = members.self().name() + " does not lead";
    answer.complete(new Answer.Refused(maybeExecuted ? Refusal.OUTCOME_UNKNOWN : Refusal.NO_LEADER, message));
  }

  private Answer late() {
    return maybeExecuted
        ? new Answer.Refused(
            Refusal.OUTCOME_UNKNOWN,
            request.shown() + " was not confirmed in time, and may have been carried out; last: " + problem)
        : new Answer.Refused(Refusal.NO_LEADER, "no leader took " + request.shown() + " in time; last: " + problem);
  }

  private static boolean isUnknown(Answer answer) {
    return answer instanceof Answer.Refused refused && refused.refusal() == Refusal.OUTCOME_UNKNOWN;
  }
}
