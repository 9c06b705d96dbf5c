package io.raftoral.workflow.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.transport.RequestChannel;
import io.raftoral.transport.RequestFailedException;
import io.raftoral.transport.RequestFailedException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A node at the other end of a channel, in memory: answers as the test says, and the last way for ever after. */
final class FakeNode implements RequestChannel {
  private final Queue<Behaviour> script = new ArrayDeque<>();
  private Behaviour last = (request, timeout) -> CompletableFuture.failedFuture(down());
  final List<Request> received = new ArrayList<>();
  private final List<CompletableFuture<byte[]>> hanging = new ArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private boolean closed;

  /** How the node treats one request. */
  interface Behaviour {
    CompletableFuture<byte[]> answer(Request request, Duration timeout);
  }

  /** From the next request on, after what was said before. */
  synchronized FakeNode then(Behaviour behaviour) {
    script.add(behaviour);
    return this;
  }

  FakeNode thenAnswer(Answer answer) {
    return thenAnswer(answer, "");
  }

  FakeNode thenAnswer(Answer answer, String leader) {
    byte[] bytes = ClientCodec.encode(new ClientCodec.Reply(answer, leader));
    return then((request, timeout) -> CompletableFuture.completedFuture(bytes));
  }

  FakeNode thenRefuse(Refusal refusal) {
    return thenAnswer(new Answer.Refused(refusal, "refused by the test"));
  }

  FakeNode thenDown() {
    return then((request, timeout) -> CompletableFuture.failedFuture(down()));
  }

  FakeNode thenBreak() {
    return then(
        (request, timeout) ->
            CompletableFuture.failedFuture(
                new RequestFailedException(Reason.CONNECTION_LOST, "connection lost", true)));
  }

  /** Takes the request and is never heard of again. */
  FakeNode thenHang() {
    return then(
        (request, timeout) -> {
          CompletableFuture<byte[]> never = new CompletableFuture<>();
          hanging.add(never);
          asked.countDown();
          return never
              .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .exceptionallyCompose(
                  e ->
                      CompletableFuture.failedFuture(
                          e instanceof TimeoutException
                              ? new RequestFailedException(Reason.TIMED_OUT, "timed out", true)
                              : e));
        });
  }

  @Override
  public synchronized CompletableFuture<byte[]> request(byte[] body, Duration timeout) {
    try {
      Request request = ClientCodec.decodeCall(body).request();
      received.add(request);
      Behaviour next = script.poll();
      last = next == null ? last : next;
      return last.answer(request, timeout);
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    hanging.forEach(
        request -> request.completeExceptionally(new RequestFailedException(Reason.CLOSED, "closed", true)));
  }

  /** Waits until a request hangs here. */
  void awaitHanging() throws InterruptedException {
    if (!asked.await(5, TimeUnit.SECONDS)) {
      throw new AssertionError("nobody asked");
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  private static RequestFailedException down() {
    return new RequestFailedException(Reason.UNREACHABLE, "connection refused", false);
  }
}
