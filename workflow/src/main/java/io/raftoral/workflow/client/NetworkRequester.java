package io.raftoral.workflow.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.transport.RequestChannel;
import io.raftoral.transport.RequestFailedException;
import io.raftoral.transport.TransportException;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the nodes of a cluster, one after the other, until one answers.
 *
 * <p>Every request is idempotent, so it may be repeated even if it may have been executed; what is kept in mind is
 * whether it may have been, because then a time-out means "unknown" and not "refused". The node that answered last is
 * asked first, and the leader before it if its address is known: that saves a hop, and is no more than a hint.
 */
final class NetworkRequester implements Requester {
  /**
   * How long one node is given before the next one is asked. A node that hangs must not eat all the time there is; a
   * wait for the end of a run is cut into slices of this length, which go to one node after the other.
   */
  static final long ATTEMPT_MS = 5_000;

  /** How many connections are kept: the given addresses, and leaders that were hinted at. */
  static final int MAX_CHANNELS = 64;

  /** How much longer than told a channel may take to report that there was no answer. */
  private static final long CHANNEL_GRACE_MS = 200;

  private static final Logger log = LoggerFactory.getLogger(NetworkRequester.class);

  /** Nodes that the user named. */
  private final List<HostPort> addresses;

  /** Opens a connection to a node. */
  private final Function<HostPort, RequestChannel> connector;

  /** Connections by address, opened when first needed. */
  private final Map<HostPort, RequestChannel> channels = new ConcurrentHashMap<>();

  /** Counted down once, by {@link #close()}. */
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Which address is asked first: where the last answer came from, or where a leader was said to be. */
  private volatile HostPort preferred;

  NetworkRequester(List<HostPort> addresses, Function<HostPort, RequestChannel> connector) {
    this.addresses = List.copyOf(addresses);
    this.connector = connector;
    // Clients that are started together should not all talk to the first node of the list.
    preferred = addresses.get(ThreadLocalRandom.current().nextInt(addresses.size()));
  }

  @Override
  public Answer ask(Request request, Deadline deadline) {
    return new Attempts(request, deadline).run();
  }

  @Override
  public void close() {
    closed.countDown();
    channels.values().forEach(RequestChannel::close);
  }

  private RequestChannel channel(HostPort address) {
    RequestChannel channel = channels.computeIfAbsent(address, connector);
    if (closed.getCount() == 0) {
      // Opened while this was being closed, and seen by nobody else.
      channel.close();
    }
    return channel;
  }

  /** Remembers whom to ask first next time: the leader, or else whoever answered. */
  private void prefer(HostPort answered, String leaderAddress) {
    preferred = answered;
    if (!leaderAddress.isEmpty()) {
      try {
        HostPort leader = HostPort.parse("leader", leaderAddress);
        if (channels.containsKey(leader) || channels.size() < MAX_CHANNELS) {
          preferred = leader;
        }
      } catch (ConfigurationException e) {
        // A hint that cannot be read is no hint; the node that gave it did answer.
        log.debug("{} named a leader address that cannot be read", answered, e);
      }
    }
  }

  /** One request's way from node to node. Confined to the caller's thread. */
  private final class Attempts {
    private final Request request;
    private final byte[] bytes;
    private final Deadline deadline;
    private Backoff backoff = new Backoff();

    /** Whether an attempt may have been executed without our knowing. */
    private boolean maybeExecuted;

    /** The last answer that said no, null if there was none. */
    private Answer.@Nullable Refused refused;

    /** What went wrong last, for the message. */
    private String problem = "none was asked";

    Attempts(Request request, Deadline deadline) {
      this.request = request;
      this.deadline = deadline;
      bytes = ClientCodec.encode(new ClientCodec.Call(request, false));
    }

    Answer run() {
      HostPort target = preferred;
      for (int asked = 1; ; asked++) {
        if (closed.getCount() == 0) {
          throw over("the client was closed");
        }
        Answer answer = attempt(target);
        if (answer != null) {
          return answer;
        }
        if (deadline.isOver()) {
          throw over("no answer in time");
        }
        target = next(target);
        // Once around without a pause: a node that is down is noticed at once, and the next one may be fine.
        if (asked % addresses.size() == 0) {
          pause();
        }
      }
    }

    /** Asks one node; null if it is worth while to ask another one. */
    private @Nullable Answer attempt(HostPort target) {
      long timeoutMs = Math.clamp(deadline.leftMs(), 1, ATTEMPT_MS);
      try {
        byte[] reply =
            channel(target)
                .request(bytes, Duration.ofMillis(timeoutMs))
                .get(timeoutMs + CHANNEL_GRACE_MS, TimeUnit.MILLISECONDS);
        return accept(target, ClientCodec.decodeReply(reply));
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        maybeExecuted |= !(cause instanceof RequestFailedException failure) || failure.maybeExecuted();
        problem = target + ": " + cause.getMessage();
        if (cause instanceof RequestFailedException failure
            && failure.reason() == RequestFailedException.Reason.TOO_LARGE) {
          // It will not become smaller, and no node takes more than another.
          throw new LimitExceededException(problem);
        }
      } catch (TimeoutException | CancellationException e) {
        maybeExecuted = true;
        problem = target + " did not answer";
      } catch (InvalidProtocolBufferException e) {
        maybeExecuted = true;
        problem = target + " answered what this client does not understand: " + e.getMessage();
      } catch (TransportException e) {
        // A hint may lead to where this client must not go, such as to another machine without encryption.
        problem = target + ": " + e.getMessage();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        maybeExecuted = true;
        throw over("the waiting thread was interrupted");
      }
      return null;
    }

    private @Nullable Answer accept(HostPort target, ClientCodec.Reply reply) {
      Answer answer = reply.answer();
      if (answer instanceof Answer.Refused no) {
        if (!no.refusal().retryable()) {
          throw no.refusal().toException(no.message());
        }
        maybeExecuted |= no.refusal() == Refusal.OUTCOME_UNKNOWN;
        refused = no;
        problem = target + ": " + no.message();
        return null;
      }
      prefer(target, reply.leaderAddress());
      if (answer instanceof Answer.StillRunning && !deadline.isOver()) {
        backoff = new Backoff();
        problem = target + " says that it is still running";
        return null;
      }
      return answer;
    }

    /** The address after {@code target}; the first one if {@code target} was a hint. */
    private HostPort next(HostPort target) {
      return addresses.get((addresses.indexOf(target) + 1) % addresses.size());
    }

    private void pause() {
      try {
        if (closed.await(Math.min(backoff.nextMs(), deadline.leftMs()), TimeUnit.MILLISECONDS)) {
          throw over("the client was closed");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw over("the waiting thread was interrupted");
      }
    }

    /** What to throw when there will be no more attempts. Whoever asks or waits has changed nothing. */
    private RaftoralException over(String why) {
      String details = why + " (nodes " + addresses + "; last: " + problem + ")";
      return switch (request) {
        case Request.Command command when maybeExecuted ->
            new RequestOutcomeUnknownException(
                command.shown() + ": " + details
                    + ". It may have been carried out; repeating it with the same ids is safe");
        case Request.AwaitEnd await ->
            new RequestOutcomeUnknownException("result of \"" + await.workflowId() + "\": " + details);
        case Request.AwaitUpdate update ->
            new RequestOutcomeUnknownException("answer of an update of \"" + update.workflowId() + "\": " + details);
        case Request.Command _, Request.Query _, Request.Describe _, Request.ListRuns _,
            Request.History _, Request.Replicas _, Request.AskCluster _, Request.AskNode _ ->
            refused != null && refused.refusal() != Refusal.OUTCOME_UNKNOWN
                ? refused.refusal().toException(refused.message() + " (" + why + ")")
                : new RefusedException(RefusedException.Code.UNAVAILABLE, details);
      };
    }
  }
}
