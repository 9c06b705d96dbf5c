package io.raftoral.workflow.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.workflow.RunReplica;
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

/** What every node does about a run, asked for in parallel. */
final class ReplicaView {
  private final Members members;

  ReplicaView(Members members) {
    this.members = members;
  }

  /** All nodes' replicas in the order of their names, this one's being {@code own}. */
  CompletableFuture<List<RunReplica>> ask(Request.Replicas question, RunReplica own, Deadline deadline) {
    // A quarter of the time is left for the answer's way back.
    long timeoutMs = Math.max(1, Math.min(ClusterView.NODE_TIMEOUT_MS, deadline.leftMs() * 3 / 4));
    List<CompletableFuture<RunReplica>> asked = new ArrayList<>();
    for (Members.Member member : members.all()) {
      asked.add(
          members.isSelf(member)
              ? CompletableFuture.completedFuture(own)
              : other(member, question, timeoutMs)
                  .completeOnTimeout(unreachable(member), timeoutMs, TimeUnit.MILLISECONDS)
                  .exceptionally(failure -> unreachable(member)));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> asked.stream().map(CompletableFuture::join).toList());
  }

  private CompletableFuture<RunReplica> other(Members.Member member, Request.Replicas question, long timeoutMs) {
    return members
        .channel(member.id())
        .request(ClientCodec.encode(new ClientCodec.Call(question, true)), Duration.ofMillis(timeoutMs))
        .thenApply(
            bytes -> {
              try {
                return ClientCodec.decodeReply(bytes).answer() instanceof Answer.Replicas one
                        && one.replicas().size() == 1
                    ? one.replicas().getFirst()
                    : unreachable(member);
              } catch (InvalidProtocolBufferException e) {
                throw new CompletionException(e);
              }
            });
  }

  private static RunReplica unreachable(Members.Member member) {
    return new RunReplica(member.name(), RunReplica.State.UNREACHABLE, null);
  }
}
