package io.raftoral.simulation.history;

import io.raftoral.simulation.history.CasRegister.Call;
import io.raftoral.simulation.history.CasRegister.Kind;
import io.raftoral.simulation.linearizability.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A register's history as Jepsen prints it: EDN maps with {@code :process :type :f :value}, one after the other or in one
 * vector, or the lines of its log, {@code INFO jepsen.util - 4 :invoke :cas [3 0]}.
 *
 * <ul>
 *   <li>{@code :ok} happened, {@code :fail} did not and is left out, {@code :info} and calls without an answer may happen
 *       at any time after they began, or never. Reads that were not answered say nothing and are left out.
 *   <li>Values of {@code jepsen.independent} are pairs of key and value: each key is a register of its own. A value that
 *       is itself a pair of version and value, as in the tests of etcd, counts without its version.
 *   <li>Processes that are not numbers (the nemesis) and functions other than read, write and cas are left out.
 *   <li>The order of events in the file is the order of time.
 * </ul>
 */
public final class JepsenHistory {
  /** More events than this are refused: the search would not end. */
  public static final int MAX_EVENTS = 5_000_000;

  /** Event 12 of the file is written as 12 ms. */
  private static final long EVENT_NANOS = 1_000_000;

  private static final Pattern LOG_LINE =
      Pattern.compile("^.*?\\s-\\s+(\\S+)\\s+(:invoke|:ok|:fail|:info)\\s+(:\\S+)\\s+(.*)$");

  private record Event(int process, String type, Kind kind, @Nullable Object value) {}

  private JepsenHistory() {}

  /**
   * The operations of a history.
   *
   * @throws IllegalArgumentException if the text is no history
   */
  public static List<Operation<Call, String>> read(String text) {
    List<Event> events = events(text);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("there is no operation in it: neither EDN maps with :process nor lines of a log");
    }
    boolean keyed = events.stream().anyMatch(event -> event.kind() != Kind.CAS && isPair(event.value()));
    boolean versioned =
        keyed
            && events.stream().filter(event -> event.kind() == Kind.WRITE).allMatch(event -> isPair(second(event.value())));
    List<Operation<Call, String>> operations = new ArrayList<>();
    Map<Integer, Integer> open = new LinkedHashMap<>();
    for (int time = 0; time < events.size(); time++) {
      Event event = events.get(time);
      Integer called = event.type().equals(":invoke") ? open.put(event.process(), time) : open.remove(event.process());
      if (event.type().equals(":invoke")) {
        if (called != null) {
          throw new IllegalArgumentException("process " + event.process() + " calls again while its call " + called + " is open");
        }
        continue;
      }
      if (called == null) {
        throw new IllegalArgumentException("process " + event.process() + " answers a call that it has not made, event " + time);
      }
      Event call = events.get(called);
      if (event.type().equals(":info")) {
        addPending(operations, call, called, keyed, versioned);
      } else if (event.type().equals(":ok")) {
        Object answered = plain(event.value(), keyed, versioned);
        String output = call.kind() == Kind.READ ? String.valueOf(answered == null ? "nil" : answered) : CasRegister.DONE;
        operations.add(new Operation<>(call.process(), call(call, keyed, versioned), output, called * EVENT_NANOS, time * EVENT_NANOS));
      }
    }
    open.values().forEach(called -> addPending(operations, events.get(called), called, keyed, versioned));
    return operations;
  }

  private static void addPending(
      List<Operation<Call, String>> operations, Event call, int called, boolean keyed, boolean versioned) {
    if (call.kind() != Kind.READ) {
      operations.add(new Operation<>(call.process(), call(call, keyed, versioned), null, called * EVENT_NANOS, 0));
    }
  }

  private static List<Event> events(String text) {
    List<Event> events = new ArrayList<>();
    if (text.lines().anyMatch(line -> LOG_LINE.matcher(line).matches() && !line.contains(":process"))) {
      text.lines().map(LOG_LINE::matcher).filter(Matcher::matches).forEach(line -> {
        List<@Nullable Object> value = Edn.read(line.group(4));
        List<@Nullable Object> process = Edn.read(line.group(1));
        add(events, process.getFirst(), line.group(2), line.group(3), value.isEmpty() ? null : value.getFirst());
      });
    } else {
      flatten(Edn.read(text), events);
    }
    return events;
  }

  private static void flatten(List<?> values, List<Event> events) {
    for (Object value : values) {
      if (value instanceof Map<?, ?> map) {
        add(events, map.get(":process"), String.valueOf(map.get(":type")), String.valueOf(map.get(":f")), map.get(":value"));
      } else if (value instanceof List<?> list) {
        flatten(list, events);
      }
    }
  }

  private static void add(List<Event> events, @Nullable Object process, String type, String function, @Nullable Object value) {
    Kind kind =
        switch (function) {
          case ":read", ":r" -> Kind.READ;
          case ":write", ":w" -> Kind.WRITE;
          case ":cas" -> Kind.CAS;
          default -> null;
        };
    if (kind == null || !(process instanceof Long number)) {
      return;
    }
    if (events.size() == MAX_EVENTS) {
      throw new IllegalArgumentException("it has more than " + MAX_EVENTS + " events");
    }
    switch (type) {
      case ":invoke", ":ok", ":fail", ":info" -> events.add(new Event(Math.toIntExact(number), type, kind, value));
      default -> throw new IllegalArgumentException("an operation's type is :invoke, :ok, :fail or :info, but is " + type);
    }
  }

  private static Call call(Event event, boolean keyed, boolean versioned) {
    String key = keyed ? String.valueOf(((List<?>) Objects.requireNonNull(event.value())).getFirst()) : "";
    Object value = plain(event.value(), keyed, versioned);
    return switch (event.kind()) {
      case READ -> new Call(key, Kind.READ, "", "");
      case WRITE -> new Call(key, Kind.WRITE, "", edn(value));
      case CAS -> {
        if (!(value instanceof List<?> pair) || pair.size() != 2) {
          throw new IllegalArgumentException("the value of :cas is a pair of old and new, but is " + value);
        }
        yield new Call(key, Kind.CAS, edn(pair.getFirst()), edn(pair.getLast()));
      }
    };
  }

  /** A value without key and version. */
  private static @Nullable Object plain(@Nullable Object value, boolean keyed, boolean versioned) {
    Object inner = keyed ? second(value) : value;
    return versioned && isPair(inner) ? second(inner) : inner;
  }

  private static String edn(@Nullable Object value) {
    return value == null ? "nil" : value.toString();
  }

  private static boolean isPair(@Nullable Object value) {
    return value instanceof List<?> list && list.size() == 2;
  }

  private static @Nullable Object second(@Nullable Object pair) {
    return isPair(pair) ? ((List<?>) Objects.requireNonNull(pair)).getLast() : null;
  }
}
