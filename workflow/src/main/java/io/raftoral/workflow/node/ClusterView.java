package io.raftoral.workflow.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.ClientCodec;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Every node's view of itself, asked for in parallel. */
final class ClusterView {
  /** How long a node is given to answer before it counts as unreachable. */
  static final long NODE_TIMEOUT_MS = 3_000;

  private final Replica replica;
  private final Members members;

  /** The status that is being computed, shared by all who ask meanwhile: the digest reads the whole state. */
  private final AtomicReference<@Nullable CompletableFuture<NodeStatus>> computing = new AtomicReference<>();

  ClusterView(Replica replica, Members members) {
    this.replica = replica;
    this.members = members;
  }

  /** This node alone. */
  CompletableFuture<NodeStatus> self() {
    CompletableFuture<NodeStatus> fresh = new CompletableFuture<>();
    CompletableFuture<NodeStatus> running = computing.compareAndExchange(null, fresh);
    if (running != null) {
      return running.copy();
    }
    CompletableFuture<NodeStatus> status;
    try {
      status = replica.status();
    } catch (RuntimeException e) {
      status = CompletableFuture.failedFuture(e);
    }
    Futures.whenEnded(status, () -> computing.set(null));
    Futures.whenDone(status, fresh::complete, fresh::completeExceptionally);
    return fresh.copy();
  }

  /** All nodes, in the order of their names; those that do not answer in time are listed as unreachable. */
  CompletableFuture<ClusterStatus> ask(Deadline deadline) {
    // A quarter of the time is left for the answer's way back.
    long timeoutMs = Math.max(1, Math.min(NODE_TIMEOUT_MS, deadline.leftMs() * 3 / 4));
    List<CompletableFuture<NodeStatus>> asked = new ArrayList<>();
    for (Members.Member member : members.all()) {
      CompletableFuture<NodeStatus> status = members.isSelf(member) ? self() : other(member, timeoutMs);
      asked.add(
          status
              .completeOnTimeout(unreachable(member), timeoutMs, TimeUnit.MILLISECONDS)
              .exceptionally(failure -> unreachable(member)));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                new ClusterStatus(members.cluster(), asked.stream().map(CompletableFuture::join).toList()));
  }

  private CompletableFuture<NodeStatus> other(Members.Member member, long timeoutMs) {
    byte[] question = ClientCodec.encode(new ClientCodec.Call(new Request.AskNode(), true));
    return members
        .channel(member.id())
        .request(question, Duration.ofMillis(timeoutMs))
        .thenApply(
            bytes -> {
              try {
                return ClientCodec.decodeReply(bytes).answer() instanceof Answer.Node node
                    ? node.status()
                    : unreachable(member);
              } catch (InvalidProtocolBufferException e) {
                throw new CompletionException(e);
              }
            });
  }

  private static NodeStatus unreachable(Members.Member member) {
    return new NodeStatus(
        member.name(), member.address().toString(), false, "", 0, null, false, 0, 0, 0, "", 0, 0);
  }
}
