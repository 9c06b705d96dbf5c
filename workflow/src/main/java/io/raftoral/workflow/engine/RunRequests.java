package io.raftoral.workflow.engine;

import io.raftoral.raft.driver.Group;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.engine.run.GroupClock;
import io.raftoral.workflow.engine.run.WorkflowIds;
import io.raftoral.workflow.engine.state.Applied;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.RunInfo;
import io.raftoral.workflow.engine.state.StateReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What clients ask of runs that exist: signals, updates, ends. Any thread. */
final class RunRequests {
  /** How long the name of a signal and the id of a request may be, in bytes of UTF-8. */
  static final int MAX_NAME_BYTES = 256;

  private final EngineConfig config;
  private final StateReader reader;
  private final GroupClock clock;
  private final CommandRequests commands = new CommandRequests();
  private final UpdateWaiters updates = new UpdateWaiters();

  RunRequests(EngineConfig config, StateReader reader, GroupClock clock) {
    this.config = config;
    this.reader = reader;
    this.clock = clock;
  }

  CompletableFuture<@Nullable Void> signal(
      Group group, String id, String requestId, String name, byte[] json, boolean update) {
    WorkflowIds.check(id);
    checkName("the name of a signal or update", name);
    checkName("the id of a request", requestId);
    int max = config.limits().maxPayloadBytes();
    if (json.length > max) {
      throw new LimitExceededException(
          "the value of signal " + name + " has " + json.length + " bytes, more than the " + max
              + " that a payload may have");
    }
    return propose(group, id, requestId, new Command.Signal(clock.nowMs(), id, requestId, name, json, update));
  }

  CompletableFuture<@Nullable Void> cancel(
      Group group, String id, String requestId, String reason, boolean terminate) {
    WorkflowIds.check(id);
    checkName("the id of a request", requestId);
    String kept = reason.length() > Result.Failure.MAX_MESSAGE ? reason.substring(0, Result.Failure.MAX_MESSAGE) : reason;
    return propose(group, id, requestId, new Command.Cancel(clock.nowMs(), id, requestId, kept, terminate));
  }

  private CompletableFuture<@Nullable Void> propose(Group group, String id, String requestId, Command command) {
    CommandRequests.Pending pending = commands.add(id, requestId, config.limits().maxOutstandingStarts());
    if (pending == null) {
      throw CommandRequests.overloaded(id);
    }
    group.propose(CommandCodec.encode(command), pending);
    return pending.future();
  }

  /**
   * Completes with the answer of an update that was applied, once it has one; fails with {@code RUN_ENDED} if the run
   * ends without. Works on any node.
   */
  CompletableFuture<Result> awaitUpdate(String id, String requestId) {
    // Registered before looking: an answer that is applied in between is seen by one of the two.
    UpdateWaiters.Update update = new UpdateWaiters.Update(id, requestId);
    CompletableFuture<Result> future = updates.add(update);
    look(update);
    return future;
  }

  private void look(UpdateWaiters.Update update) {
    RunInfo info = reader.info(update.workflowId());
    if (info == null) {
      return;
    }
    // In this order: a run that has ended does not answer afterwards.
    RunHead head = reader.head(info);
    Result answer = reader.request(info, update.requestId()).answer();
    if (answer != null) {
      updates.answered(update, answer);
    } else if (head.status().ended() && head.status() != RunStatus.CONTINUED_AS_NEW) {
      updates.ended(update.workflowId());
    }
  }

  // ------------------------------------------------------------------------------------- the apply thread

  void applied(Applied.Requested requested) {
    commands.applied(requested);
  }

  void answered(Applied.Answered answered) {
    updates.answered(
        new UpdateWaiters.Update(answered.info().workflowId(), answered.requestId()), answered.answer());
  }

  void ended(Applied.Ended ended) {
    if (ended.status() != RunStatus.CONTINUED_AS_NEW) {
      updates.ended(ended.info().workflowId());
    }
  }

  void appliedUpTo(long index, long term) {
    commands.appliedUpTo(index, term);
  }

  /** The state was replaced. A request that was proposed here and is contained in it will be found when it is repeated. */
  void restored() {
    updates.awaited().forEach(this::look);
  }

  void fail(RaftoralException why) {
    commands.fail(why);
    updates.fail(why);
  }

  private static void checkName(String what, String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new RefusedException(
          RefusedException.Code.BAD_REQUEST,
          what + " is text of 1 to " + MAX_NAME_BYTES + " bytes of UTF-8, but this one has " + bytes);
    }
  }
}
