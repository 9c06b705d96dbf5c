package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.EffectBody;
import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A side effect. Each attempt occupies a position of its own, and so does the wait before the next: attempts and
 * back-off survive whatever happens to nodes.
 */
final class EffectCall<T extends @Nullable Object> implements SideEffect<T> {
  private static final long NO_DEADLINE = Long.MAX_VALUE;
  private static final double MAX_HASH = 0xFFFF_FFFFL;

  private static final Logger LOG = LoggerFactory.getLogger(EffectCall.class);

  private final RunContext context;
  private final String name;
  private final Class<? super T> type;
  private final EffectBody<T> body;
  private final Delivery delivery;
  private final RetryPolicy retry;
  private final @Nullable Duration timeout;
  private final @Nullable Duration totalTimeout;
  private final Consumer<T> noOp;

  private EffectCall(
      RunContext context,
      String name,
      Class<? super T> type,
      EffectBody<T> body,
      Delivery delivery,
      RetryPolicy retry,
      @Nullable Duration timeout,
      @Nullable Duration totalTimeout,
      Consumer<T> noOp) {
    this.context = context;
    this.name = name;
    this.type = type;
    this.body = body;
    this.delivery = delivery;
    this.retry = retry;
    this.timeout = timeout;
    this.totalTimeout = totalTimeout;
    this.noOp = noOp;
  }

  static <T extends @Nullable Object> EffectCall<T> of(
      RunContext context, String name, Class<? super T> type, EffectBody<T> body) {
    return new EffectCall<>(
        context, name, type, body, Delivery.AT_LEAST_ONCE, RetryPolicy.NONE, null, null, ignored -> {});
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SideEffect<T> withDelivery(Delivery changed) {
    return new EffectCall<>(context, name, type, body, changed, retry, timeout, totalTimeout, noOp);
  }

  @Override
  public SideEffect<T> withRetry(RetryPolicy changed) {
    return new EffectCall<>(context, name, type, body, delivery, changed, timeout, totalTimeout, noOp);
  }

  @Override
  public SideEffect<T> withTimeout(Duration changed) {
    if (changed.isNegative() || changed.isZero()) {
      throw new IllegalArgumentException("the timeout of effect " + name + " must be positive, but is " + changed);
    }
    return new EffectCall<>(context, name, type, body, delivery, retry, changed, totalTimeout, noOp);
  }

  @Override
  public SideEffect<T> withTotalTimeout(Duration changed) {
    if (changed.isNegative() || changed.isZero()) {
      throw new IllegalArgumentException(
          "the total timeout of effect " + name + " must be positive, but is " + changed);
    }
    return new EffectCall<>(context, name, type, body, delivery, retry, timeout, changed, noOp);
  }

  @Override
  public SideEffect<T> withNoOp(Consumer<T> changed) {
    return new EffectCall<>(context, name, type, body, delivery, retry, timeout, totalTimeout, changed);
  }

  @Override
  public T call() {
    String operationKey = null;
    long deadlineMs = totalTimeout == null ? NO_DEADLINE : nowMs() + RunContext.saturatedMs(totalTimeout);
    for (int attempt = 1; ; attempt++) {
      int number = attempt;
      boolean[] ranHere = {false};
      Lane lane = context.lane();
      String key = key(lane.branch(), lane.cursor() + 1);
      String first = operationKey == null ? key : operationKey;
      operationKey = first;
      Outcome outcome =
          context.performCancellable(
              new Operation.Effect(name, number),
              () -> {
                ranHere[0] = true;
                return attempt(number, key, first, deadlineMs);
              });
      Result result = ((Outcome.EffectDone) outcome).result();
      if (result instanceof Result.Failure failure && attempt < retry.maxAttempts() && retryable(failure)) {
        long backoffMs = spread(retry.backoffAfter(attempt).toMillis(), key);
        if (deadlineMs == NO_DEADLINE || nowMs() + backoffMs < deadlineMs) {
          context.sleepMs("back-off of effect " + name, backoffMs);
          continue;
        }
      }
      T value = Results.value(context.services().payloads(), "effect " + name, type, result);
      if (!ranHere[0]) {
        standIn(value);
      }
      return value;
    }
  }

  /** How long an attempt may take that begins now. */
  private long limitMs(long deadlineMs) {
    long one = timeout == null ? NO_DEADLINE : RunContext.saturatedMs(timeout);
    long all =
        deadlineMs == NO_DEADLINE ? NO_DEADLINE : Math.max(1, deadlineMs - context.services().clock().nowMs());
    return Math.min(one, all);
  }

  private long nowMs() {
    return context.now().toEpochMilli();
  }

  /** Longer by a part that follows from the attempt's key. */
  private long spread(long backoffMs, String key) {
    CRC32C hash = new CRC32C();
    hash.update(key.getBytes(StandardCharsets.UTF_8));
    return backoffMs + (long) (backoffMs * retry.jitter() * hash.getValue() / MAX_HASH);
  }

  /**
   * Whether another attempt may follow. After a failed effect that may run at most once, only if the failure proves
   * that it did not happen.
   */
  private boolean retryable(Result.Failure failure) {
    return retry.nonRetryable().stream().noneMatch(failure::isA)
        && (delivery == Delivery.AT_LEAST_ONCE || provesNotExecuted(failure));
  }

  private boolean provesNotExecuted(Result.Failure failure) {
    return retry.notExecuted().stream().anyMatch(failure::isA);
  }

  /** Runs one attempt on this node, which is active. */
  private Outcome attempt(int attempt, String key, String operationKey, long deadlineMs) {
    Lane thread = context.lane();
    thread.outputCommit();
    if (delivery == Delivery.AT_MOST_ONCE && !thread.effects().obtainRight()) {
      return new Outcome.EffectDone(name, attempt, Result.UNKNOWN);
    }
    EffectContext effect =
        new EffectContext(
            context.workflowId(),
            name,
            attempt,
            key,
            operationKey,
            thread.effects().term(),
            context.services().settings().node());
    EffectSlot.RunningEffect running = thread.effects().begin();
    long limitMs = limitMs(deadlineMs);
    EngineRuntime.@Nullable Cancellable alarm =
        limitMs == NO_DEADLINE
            ? null
            : context.services().runtime().schedule(limitMs, () -> thread.effects().timedOut(running));
    T value = null;
    Throwable thrown = null;
    try {
      value = ScopedValue.where(Current.EFFECT, effect).call(() -> body.run(effect));
    } catch (Throwable any) {
      thrown = any;
    }
    if (alarm != null) {
      alarm.cancel();
    }
    thread.effects().end();
    if (running.cancelled() && thrown != null && delivery == Delivery.AT_LEAST_ONCE) {
      return new Outcome.Cancelled(String.valueOf(thread.state().pendingCancel()));
    }
    boolean timedOut = running.timedOut();
    if (timedOut) {
      thrown = new TimeoutException("no outcome within " + Duration.ofMillis(limitMs));
    }
    Result result =
        thrown == null
            ? context.payload("what effect " + name + " returned", type, value)
            : failed(Result.Failure.of(thrown), timedOut || running.cancelled(), cutShort(thrown));
    return new Outcome.EffectDone(name, attempt, result);
  }

  /**
   * A timeout or an interrupt says nothing about what the world has seen of the effect. What the effect itself threw
   * may be named as proof that it did not happen; that its time was over proves nothing, whatever the policy names.
   */
  private Result failed(Result.Failure failure, boolean timedOut, boolean cutShort) {
    return delivery == Delivery.AT_MOST_ONCE && (timedOut || cutShort && !provesNotExecuted(failure))
        ? Result.UNKNOWN
        : failure;
  }

  private static boolean cutShort(Throwable thrown) {
    return thrown instanceof InterruptedException
        || thrown instanceof TimeoutException
        || thrown instanceof InterruptedIOException
        || thrown instanceof ClosedByInterruptException;
  }

  private String key(Branch branch, long position) {
    return context.services().settings().cluster() + "/" + context.workflowId() + "/" + context.info().run() + "/"
        + branch.label()
        + position;
  }

  private void standIn(T value) {
    try {
      noOp.accept(value);
    } catch (Unwind discarded) {
      throw discarded;
    } catch (Throwable failed) {
      // It has no say in the outcome, so it has none in what becomes of the run either.
      LOG.warn("the no-op of effect {} of {} failed", name, context.workflowId(), failed);
    }
  }
}
