package io.raftoral.workflow.node;

import io.raftoral.raft.driver.RoleChange;
import io.raftoral.workflow.HistoryEntry;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import io.raftoral.workflow.client.Decision;
import io.raftoral.workflow.client.Request;
import io.raftoral.workflow.engine.RunEnd;
import io.raftoral.workflow.engine.StartedRun;
import io.raftoral.workflow.engine.state.Result;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A replica that does as the test says. */
final class FakeReplica implements Replica {
  volatile RoleChange role = new RoleChange(1, 0, false);
  volatile Supplier<CompletableFuture<StartedRun>> onStart =
      () -> CompletableFuture.completedFuture(new StartedRun("id", 1, "t", 1, true));
  volatile Supplier<CompletableFuture<@Nullable Void>> onBarrier = () -> CompletableFuture.completedFuture(null);
  volatile Supplier<CompletableFuture<NodeStatus>> onStatus = CompletableFuture::new;
  final Queue<Decision> decisions = new ConcurrentLinkedQueue<>();
  final AtomicInteger starts = new AtomicInteger();
  final Map<String, CompletableFuture<RunEnd>> ends = new ConcurrentHashMap<>();
  private final Map<String, RunDescription> runs = new ConcurrentHashMap<>();

  /** The replica knows a run of this id. */
  void knows(String id) {
    RunSummary summary = new RunSummary(id, 1, "t", 1, RunStatus.RUNNING, Instant.EPOCH, null, 0);
    runs.put(id, new RunDescription(summary, "1", null, null, null, Map.of(), List.of(), null));
  }

  /** The end of a run that was waited for. */
  CompletableFuture<RunEnd> end(String id) {
    return ends.computeIfAbsent(id, key -> new CompletableFuture<>());
  }

  static CompletableFuture<@Nullable Void> noBarrier() {
    return CompletableFuture.failedFuture(refused(RefusedException.Code.NO_LEADER));
  }

  static RefusedException refused(RefusedException.Code code) {
    return new RefusedException(code, "refused by the test");
  }

  @Override
  public RoleChange role() {
    return role;
  }

  @Override
  public CompletableFuture<StartedRun> start(Request.Start start) {
    starts.incrementAndGet();
    return onStart.get();
  }

  @Override
  public CompletableFuture<RunEnd> awaitEnd(String id) {
    return end(id);
  }

  @Override
  public CompletableFuture<@Nullable Void> readBarrier() {
    return onBarrier.get();
  }

  @Override
  public @Nullable RunDescription describe(String id) {
    return runs.get(id);
  }

  @Override
  public boolean exists(String id) {
    return runs.containsKey(id);
  }

  @Override
  public @Nullable HistoryPage history(String id, String pageToken) {
    return runs.containsKey(id)
        ? new HistoryPage(
            List.of(new HistoryEntry("", 1, Instant.EPOCH, "now", "", pageToken, 1)), "next")
        : null;
  }

  @Override
  public RunReplica replica(String id, Decision decision) {
    decisions.add(decision);
    return new RunReplica("n1", runs.containsKey(id) ? RunReplica.State.SHADOW : RunReplica.State.UNKNOWN, null);
  }

  @Override
  public RunPage list(RunFilter filter) {
    return new RunPage(runs.values().stream().map(RunDescription::summary).toList(), "");
  }

  @Override
  public CompletableFuture<NodeStatus> status() {
    return onStatus.get();
  }

  @Override
  public CompletableFuture<@Nullable Void> signal(Request.Signal signal) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<@Nullable Void> cancel(Request.Cancel cancel) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Result> awaitUpdate(Request.AwaitUpdate update) {
    return CompletableFuture.completedFuture(new Result.Value("null".getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public byte @Nullable [] query(Request.Query query) {
    return null;
  }
}
