package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.engine.state.InboxEntry;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunHead;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals and updates, as workflow code sees them.
 *
 * <p>They wait in the run's inbox, in the order in which they came. A branch takes one where it waits or looks for one:
 * that is an outcome of a position, so every replica takes the same one at the same place. Handlers run there as well,
 * on the branch's own thread, and their assignments follow in the journal.
 */
final class Inbox {
  /** Stands for "no timer was set". */
  static final long NO_TIMER = RunHead.NEVER;

  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final RunContext context;

  Inbox(RunContext context) {
    this.context = context;
  }

  // -------------------------------------------------------------------------------------------- handlers

  @SuppressWarnings("unchecked") // the class says what the handler takes
  <T extends @Nullable Object> void onSignal(String signal, Class<? super T> type, Consumer<T> handler) {
    add(
        signal,
        new Handler(
            type,
            Void.class,
            argument -> {},
            argument -> {
              handler.accept((T) argument);
              return null;
            }));
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // likewise; null only if A may be
  <A extends @Nullable Object, R extends @Nullable Object> void onUpdate(
      String update,
      Class<? super A> argument,
      Class<? super R> result,
      Consumer<A> validator,
      Function<A, R> handler) {
    add(
        update,
        new Handler(
            argument, result, value -> validator.accept((A) value), value -> handler.apply((A) value)));
  }

  private void add(String name, Handler handler) {
    RunContext.checkName("signal", name);
    if (context.lane().state().handlers.putIfAbsent(name, handler) != null) {
      throw new IllegalArgumentException(
          "signal or update " + name + " of " + context.info().workflowId() + " has a handler already");
    }
  }

  private void handle(InboxEntry entry) {
    BranchState state = context.lane().state();
    Handler handler = state.handlers.get(entry.name());
    if (handler == null) {
      throw new IllegalStateException("nobody handles " + entry.name());
    }
    Result result;
    state.handling = entry.name();
    try {
      Object argument = decode(entry, handler.argument());
      if (entry.update()) {
        handler.validator().accept(argument);
      }
      Object made = handler.code().apply(argument);
      result = context.payload("the answer to update " + entry.name(), handler.result(), made);
    } catch (Unwind discarded) {
      throw discarded;
    } catch (PayloadException malformed) {
      // What a client has sent must not fail the run.
      if (!entry.update()) {
        LOG.warn("signal {} of {} is ignored", entry.name(), context.info().workflowId(), malformed);
      }
      result = Result.Failure.of(malformed);
    } catch (Throwable thrown) {
      if (!entry.update()) {
        throw thrown;
      }
      result = Result.Failure.of(thrown);
    } finally {
      state.handling = null;
    }
    if (entry.update()) {
      Result answer = result;
      context.perform(
          new Operation.Answer(entry.requestId(), answer), () -> new Outcome.Answered(entry.requestId(), answer));
    }
  }

  private @Nullable Object decode(InboxEntry entry, Class<?> type) {
    return context.services().payloads().decode("the value of signal " + entry.name(), type, entry.value());
  }

  // --------------------------------------------------------------------------------------------- waiting

  /** Handles what comes until {@code condition} holds or the timer is over; returns whether it holds. */
  boolean await(String what, BooleanSupplier condition, long deadlineMs) {
    while (true) {
      if (condition.getAsBoolean()) {
        return true;
      }
      switch (next(what, "", deadlineMs)) {
        case Outcome.Received received -> handle(received.entry());
        case Outcome.TimerFired fired -> {
          return condition.getAsBoolean();
        }
        case Outcome other -> throw new IllegalStateException("not what was waited for: " + other);
      }
    }
  }

  /** Waits for a signal of {@code signal} or of one that has a handler, or for the timer. */
  private Outcome next(String what, String signal, long deadlineMs) {
    Set<String> handled = context.lane().state().handlers.keySet();
    Set<String> signals = new TreeSet<>(handled);
    if (!signal.isEmpty()) {
      signals.add(signal);
    }
    return context.await(
        new Operation.Wait(what, deadlineMs != NO_TIMER, signals, ""),
        new Waiting() {
          @Override
          public @Nullable Outcome come() {
            InboxEntry entry =
                signals.isEmpty()
                    ? null
                    : first(
                        waiting ->
                            handled.contains(waiting.name()) || !waiting.update() && waiting.name().equals(signal));
            if (entry != null) {
              return new Outcome.Received(entry);
            }
            long nowMs = context.services().clock().nowMs();
            return nowMs >= deadlineMs ? new Outcome.TimerFired(nowMs) : null;
          }

          @Override
          public long untilMs() {
            return deadlineMs;
          }
        });
  }

  private @Nullable InboxEntry first(Predicate<InboxEntry> wanted) {
    Incarnation life = context.lane().life();
    return context
        .services()
        .reader()
        .signal(context.info(), entry -> wanted.test(entry) && life.isUnclaimed(entry.sequence()));
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // null only if T may be
  <T extends @Nullable Object> T receive(String signal, Class<? super T> type) {
    return (T) received(signal, type, NO_TIMER).map(Value::value).orElse(null);
  }

  <T> Optional<T> receive(String signal, Class<T> type, long deadlineMs) {
    Optional<Value> came = received(signal, type, deadlineMs);
    return came.isEmpty() ? Optional.empty() : Optional.ofNullable(type.cast(came.get().value()));
  }

  /** Something that may be null. */
  private record Value(@Nullable Object value) {}

  private Optional<Value> received(String signal, Class<?> type, long deadlineMs) {
    checkReceivable(signal);
    while (true) {
      switch (next("receive signal " + signal, signal, deadlineMs)) {
        case Outcome.Received received -> {
          if (received.entry().name().equals(signal)) {
            try {
              return Optional.of(new Value(decode(received.entry(), type)));
            } catch (PayloadException malformed) {
              // What a client has sent must not fail the run: it waits for one that it can read.
              LOG.warn("signal {} of {} is ignored", signal, context.info().workflowId(), malformed);
            }
          } else {
            handle(received.entry());
          }
        }
        case Outcome.TimerFired fired -> {
          return Optional.empty();
        }
        case Outcome other -> throw new IllegalStateException("not what was waited for: " + other);
      }
    }
  }

  <T> Optional<T> poll(String signal, Class<T> type) {
    checkReceivable(signal);
    while (true) {
      Outcome outcome = context.perform(new Operation.Poll(signal), () -> look(signal));
      if (!(outcome instanceof Outcome.Received received)) {
        return Optional.empty();
      }
      try {
        return Optional.ofNullable(type.cast(decode(received.entry(), type)));
      } catch (PayloadException malformed) {
        LOG.warn("signal {} of {} is ignored", signal, context.info().workflowId(), malformed);
      }
    }
  }

  private Outcome look(String signal) {
    while (true) {
      InboxEntry entry = first(waiting -> !waiting.update() && waiting.name().equals(signal));
      if (entry == null) {
        return new Outcome.NothingReceived(signal);
      }
      if (context.lane().life().tryClaim(entry.sequence())) {
        return new Outcome.Received(entry);
      }
    }
  }

  private void checkReceivable(String signal) {
    RunContext.checkName("signal", signal);
    if (context.lane().state().handlers.containsKey(signal)) {
      throw new IllegalStateException(
          "signal " + signal + " of " + context.info().workflowId() + " has a handler; it cannot be received as well");
    }
  }
}
