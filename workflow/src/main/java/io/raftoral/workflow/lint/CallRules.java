package io.raftoral.workflow.lint;

import io.raftoral.workflow.lint.Value.Kind;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls that break a rule with some arguments only: what is done with collections that have no order, with what static
 * fields hold, with formats.
 */
final class CallRules {
  private static final Set<String> HASHED =
      Set.of(
          "java/util/HashMap",
          "java/util/HashSet",
          "java/util/Hashtable",
          "java/util/Properties",
          "java/util/IdentityHashMap",
          "java/util/WeakHashMap",
          "java/util/concurrent/ConcurrentHashMap",
          "java/util/concurrent/ConcurrentHashMap$KeySetView");

  private static final Pattern ORDER_OF_STREAM =
      Pattern.compile(
          "forEach|findFirst|findAny|toList|toArray|reduce|iterator|spliterator|limit|skip|takeWhile|dropWhile|zip");
  private static final Pattern STREAM_STEP =
      Pattern.compile(
          "map|mapTo.*|mapMulti.*|flatMap.*|filter|peek|distinct|boxed|as.*Stream|sequential|unordered|onClose");
  private static final Pattern MUTATOR =
      Pattern.compile(
          "add|addAll|addFirst|addLast|put|putAll|putIfAbsent|remove|removeIf|removeFirst|removeLast|removeAll|retainAll"
              + "|clear|set|setValue|sort|offer|poll|push|pop|compute|computeIfAbsent|computeIfPresent|merge|replace"
              + "|replaceAll|append|insert|delete|deleteCharAt|setLength|next[A-Z].*|nextInt|getAnd.*|.*AndGet"
              + "|compareAnd.*|lazySet|increment|decrement|addTo|sum.*|reset|accumulate");
  private static final Pattern COMMUTES =
      Pattern.compile(
          "java/lang/(Integer|Long|Double|Math)\\.(sum|max|min|addExact)|java/math/BigDecimal\\.(add|max|min)"
              + "|java/math/BigInteger\\.(add|max|min)|java/lang/Boolean\\.logical.*|java/time/Duration\\.plus");
  private static final Pattern LOCAL_FORMAT =
      Pattern.compile("%(?:\\d+\\$)?(?:[-#+ 0(]*,[-#+ 0,(]*\\d*(?:\\.\\d+)?d|[-#+ 0,(]*\\d*(?:\\.\\d+)?[eEfgGtT])");

  private CallRules() {}

  /** A call: what is called, and what is known of the receiver and the arguments. */
  record Call(String owner, String name, String descriptor, @Nullable Value receiver, List<Value> arguments) {
    Value argument(int index) {
      return index < arguments.size() ? arguments.get(index) : Value.ANY;
    }

    Value last() {
      return arguments.isEmpty() ? Value.ANY : arguments.getLast();
    }

    String shown() {
      String simple = owner.substring(owner.lastIndexOf('/') + 1).replace('$', '.');
      return name.equals("<init>") ? "new " + simple + "()" : simple + "." + name + "()";
    }
  }

  /** A broken rule, and what is said about it. */
  record Broken(Rule rule, String what) {}

  /** The rule that a call breaks, or null. */
  static @Nullable Broken check(Call call) {
    Rule always = RuleTable.of(call.owner, call.name, call.descriptor);
    if (always != null) {
      return new Broken(always, call.shown());
    }
    Broken order = order(call);
    if (order != null) {
      return order;
    }
    if (call.receiver != null && call.receiver.isStatic() && MUTATOR.matcher(call.name).matches()) {
      return new Broken(Rule.STATIC_STATE, call.shown() + " on " + call.receiver.detail());
    }
    if (call.owner.startsWith("java/util/concurrent/atomic/")
        && call.receiver != null
        && call.receiver.isStatic()) {
      return new Broken(Rule.STATIC_STATE, call.shown() + " on " + call.receiver.detail());
    }
    return format(call);
  }

  private static @Nullable Broken order(Call call) {
    Value receiver = call.receiver;
    if (receiver != null && unordered(call.owner, receiver)) {
      String source = receiver.is(Kind.UNORDERED) ? receiver.detail() : shown(call.owner);
      boolean stream = call.owner.startsWith("java/util/stream/");
      boolean depends =
          stream
              ? ORDER_OF_STREAM.matcher(call.name).matches() && !commutes(call)
                  || call.name.equals("collect") && !safe(call.last())
              : switch (call.name) {
                case "iterator", "forEach", "toString", "toArray", "elements", "keys", "spliterator", "getFirst",
                    "getLast", "listIterator", "subList", "removeFirst", "removeLast" -> true;
                case "get", "remove" -> call.descriptor.startsWith("(I)") && call.owner.endsWith("List");
                default -> false;
              };
      if (depends) {
        return new Broken(Rule.UNORDERED, call.shown() + " on " + source);
      }
    }
    boolean text =
        call.owner.equals("java/lang/String") && call.name.matches("valueOf|join")
            || call.name.equals("append")
            || call.owner.equals("java/util/Objects") && call.name.equals("toString");
    for (Value argument : call.arguments) {
      if (text && argument.is(Kind.UNORDERED)) {
        return new Broken(Rule.UNORDERED, call.shown() + " of " + argument.detail());
      }
      if (text && argument.is(Kind.ARRAY) && !call.descriptor.contains("[") && !call.name.equals("join")) {
        return new Broken(Rule.IDENTITY, call.shown() + " of an array");
      }
    }
    return null;
  }

  private static boolean commutes(Call call) {
    return call.name.equals("reduce")
        && (call.last().is(Kind.LAMBDA) && COMMUTES.matcher(call.last().detail()).lookingAt()
            || call.owner.matches("java/util/stream/(Int|Long)Stream"));
  }

  private static boolean safe(Value collector) {
    return collector.is(Kind.COLLECTS_SAFELY) || collector.is(Kind.COLLECTS_UNORDERED);
  }

  /** Whether a value has no order, by what is known of it or by the class through which it is used. */
  static boolean unordered(String owner, Value value) {
    return value.is(Kind.UNORDERED) || HASHED.contains(owner) && !value.is(Kind.ORDERED);
  }

  private static @Nullable Broken format(Call call) {
    boolean formats =
        call.owner.equals("java/lang/String")
                && (call.name.equals("formatted")
                    || call.name.equals("format") && call.descriptor.startsWith("(Ljava/lang/String;"))
            || call.name.matches("format|printf")
                && call.owner.matches("java/util/Formatter|java/io/Print(Stream|Writer)")
                && call.descriptor.startsWith("(Ljava/lang/String;");
    Value format = call.name.equals("formatted") && call.receiver != null ? call.receiver : call.argument(0);
    return formats && format.is(Kind.TEXT) && LOCAL_FORMAT.matcher(format.detail()).find()
        ? new Broken(Rule.LOCALE, call.shown() + " with \"" + format.detail() + "\"")
        : null;
  }

  /** What is known of a call's result. */
  static Value result(Call call) {
    String returned = call.descriptor.substring(call.descriptor.indexOf(')') + 1);
    if (returned.equals("J") || returned.equals("D")) {
      return Value.WIDE;
    }
    if (returned.startsWith("[")) {
      return Value.of(Kind.ARRAY, "");
    }
    Value receiver = call.receiver;
    if (receiver != null && unordered(call.owner, receiver)) {
      String source = receiver.is(Kind.UNORDERED) ? receiver.detail() : shown(call.owner);
      if (call.owner.startsWith("java/util/stream/")) {
        if (call.name.equals("sorted")) {
          return Value.of(Kind.ORDERED, "");
        }
        if (STREAM_STEP.matcher(call.name).matches()) {
          return Value.of(Kind.UNORDERED, source);
        }
      } else if (call.name.matches("keySet|values|entrySet|stream|clone|reversed|navigableKeySet|newKeySet")) {
        return Value.of(Kind.UNORDERED, source);
      }
    }
    if (call.owner.startsWith("java/util/stream/") && call.name.equals("collect")) {
      return call.last().is(Kind.COLLECTS_UNORDERED)
          ? Value.of(Kind.UNORDERED, call.last().detail())
          : Value.ANY;
    }
    return made(call);
  }

  private static Value made(Call call) {
    String from = shown(call.owner) + "." + call.name + "()";
    switch (call.owner) {
      case "java/util/Set" -> {
        if (call.name.equals("of") && parameters(call) >= 2 || call.name.equals("copyOf")) {
          return Value.of(Kind.UNORDERED, from);
        }
      }
      case "java/util/Map" -> {
        if (call.name.equals("of") && parameters(call) >= 4 || call.name.matches("copyOf|ofEntries")) {
          return Value.of(Kind.UNORDERED, from);
        }
      }
      case "java/util/List" -> {
        if (call.name.equals("copyOf") && call.argument(0).is(Kind.UNORDERED)) {
          return call.argument(0);
        }
      }
      case "java/util/concurrent/ConcurrentHashMap" -> {
        if (call.name.equals("newKeySet")) {
          return Value.of(Kind.UNORDERED, from);
        }
      }
      case "java/util/Collections" -> {
        if (call.name.matches("unmodifiable.*|synchronized.*|checked.*")) {
          return call.argument(0);
        }
      }
      case "java/util/stream/Collectors" -> {
        return collector(call, from);
      }
      default -> {}
    }
    return Value.ANY;
  }

  private static int parameters(Call call) {
    return call.descriptor.startsWith("([") ? 2 : call.arguments.size();
  }

  private static Value collector(Call call, String from) {
    boolean namesMap = call.descriptor.contains("Ljava/util/function/Supplier;");
    return switch (call.name) {
      case "toSet", "toUnmodifiableSet", "toUnmodifiableMap" -> Value.of(Kind.COLLECTS_UNORDERED, from);
      case "toMap", "groupingBy", "toConcurrentMap", "groupingByConcurrent" ->
          Value.of(namesMap ? Kind.COLLECTS_SAFELY : Kind.COLLECTS_UNORDERED, from);
      case "toCollection" ->
          call.last().is(Kind.LAMBDA) && call.last().detail().contains("HashSet.")
                  && !call.last().detail().contains("LinkedHashSet.")
              ? Value.of(Kind.COLLECTS_UNORDERED, "HashSet")
              : Value.of(call.last().detail().contains("Tree") ? Kind.COLLECTS_SAFELY : Kind.ANY, from);
      case "collectingAndThen", "mapping", "filtering" ->
          call.arguments.stream().filter(CallRules::safe).findFirst().orElse(Value.ANY);
      case "partitioningBy", "toList", "toUnmodifiableList", "joining", "reducing", "teeing", "flatMapping" -> Value.ANY;
      default -> Value.of(Kind.COLLECTS_SAFELY, from);
    };
  }

  /** What is known of a new object, by its class and the arguments of its constructor. */
  static Value created(Call call) {
    if (call.owner.equals("java/lang/Object")) {
      return Value.of(Kind.BARE_OBJECT, "");
    }
    Value copied = call.argument(0);
    if (HASHED.contains(call.owner)) {
      return Value.of(Kind.UNORDERED, shown(call.owner));
    }
    if (call.owner.matches("java/util/(Tree|Enum|Priority).*|java/util/concurrent/ConcurrentSkipList.*")) {
      return Value.of(Kind.ORDERED, "");
    }
    if (call.owner.matches("java/util/(Linked|Array).*|java/util/(Vector|Stack)|java/util/concurrent/CopyOnWrite.*")) {
      return copied.is(Kind.UNORDERED) ? copied : Value.of(Kind.ORDERED, "");
    }
    return Value.ANY;
  }

  /** The class's simple name. */
  static String shown(String owner) {
    return owner.substring(owner.lastIndexOf('/') + 1).replace('$', '.');
  }
}
