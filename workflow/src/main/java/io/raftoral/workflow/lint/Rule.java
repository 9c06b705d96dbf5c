package io.raftoral.workflow.lint;

/** What makes workflow code non-deterministic: why, and what to write instead. */
public enum Rule {
  /** Reading a clock. */
  CLOCK(
      "clock",
      Severity.ERROR,
      "every replica, and every restart, reads another time",
      "use Workflow.now(); to measure, take the difference of two of them"),
  /** Randomness. */
  RANDOM(
      "random",
      Severity.ERROR,
      "every replica draws another number",
      "use Workflow.randomUuid(), Workflow.compute(\"draw\", …), or a java.util.Random with a fixed seed"),
  /** Threads of its own. */
  THREAD(
      "thread",
      Severity.ERROR,
      "a workflow has one thread, and how threads interleave differs between replicas",
      "do it in sequence, or in a @SideEffect method"),
  /** Executors and asynchronous stages. */
  ASYNC(
      "async",
      Severity.ERROR,
      "the work runs on a thread that is not the workflow's, in an order that differs between replicas",
      "call @SideEffect methods, which may do whatever they like"),
  /** Waiting for a while. */
  SLEEP(
      "sleep",
      Severity.ERROR,
      "the wait is lost when the node dies, and keeps a thread on every replica",
      "use Workflow.sleep(…), which survives the death of every node"),
  /** Waiting for other threads. */
  WAIT(
      "wait",
      Severity.ERROR,
      "it waits for another thread, which does something else on every replica",
      "use a @SideEffect method, whose outcome is waited for"),
  /** Files, databases, standard input. */
  IO(
      "io",
      Severity.ERROR,
      "every replica finds something else there, and every replica would do it",
      "move it into a @SideEffect method, which runs on the active node and whose outcome is replicated"),
  /** The network. */
  NETWORK(
      "network",
      Severity.ERROR,
      "every replica gets another answer, and every replica would ask",
      "move it into a @SideEffect method, which runs on the active node and whose outcome is replicated"),
  /** Environment, system properties, machine, default locale and zone. */
  ENVIRONMENT(
      "environment",
      Severity.ERROR,
      "it differs from machine to machine",
      "pass it in the workflow's input, or read it once with Workflow.compute(\"setting\", …)"),
  /** Formatting that depends on the machine's language. */
  LOCALE(
      "locale",
      Severity.WARNING,
      "the default locale differs from machine to machine",
      "name the locale: Locale.ROOT"),
  /** Identity hash codes. */
  IDENTITY(
      "identity",
      Severity.ERROR,
      "the hash code or text of an object without its own is its address, which differs on every replica",
      "use a record, implement hashCode() and toString(), or compare by a key of your own"),
  /** Iterating what has no order. */
  UNORDERED(
      "unordered",
      Severity.ERROR,
      "the order of its elements differs from one JVM to the next",
      "use LinkedHashMap, LinkedHashSet, TreeMap, TreeSet or a list, or sort before"),
  /** Static state that changes. */
  STATIC_STATE(
      "static-state",
      Severity.ERROR,
      "it is shared by all runs on a node and by nothing on other nodes",
      "keep it in a @Replicated field, or make it final and immutable"),
  /** Locks. */
  LOCK(
      "lock",
      Severity.WARNING,
      "a workflow has one thread, and a lock that is held across a durable operation is held until that is committed",
      "remove it; what needs a lock belongs in a @SideEffect method"),
  /** Reflection. */
  REFLECTION(
      "reflection",
      Severity.WARNING,
      "the order of members, and what is found, differ between JVMs, and the lint cannot see what is called",
      "call it directly, or in a @SideEffect method"),
  /** The garbage collector. */
  COLLECTOR(
      "gc",
      Severity.ERROR,
      "it depends on when this JVM collects garbage",
      "keep an ordinary reference"),
  /** Ending the process. */
  EXIT(
      "exit",
      Severity.ERROR,
      "it ends the process, with everything that runs in it, on every replica",
      "throw an exception to fail the run"),
  /** A suppression that says nothing. */
  SUPPRESSION(
      "suppression",
      Severity.WARNING,
      "a suppression without a reason cannot be judged by the next reader",
      "write @AllowNondeterminism(reason = \"…\")");

  private final String id;
  private final Severity severity;
  private final String why;
  private final String instead;

  Rule(String id, Severity severity, String why, String instead) {
    this.id = id;
    this.severity = severity;
    this.why = why;
    this.instead = instead;
  }

  /** What it is called in settings, suppressions and messages. */
  public String id() {
    return id;
  }

  /** What a finding does unless it is configured. */
  public Severity severity() {
    return severity;
  }

  /** Why it is a problem. */
  public String why() {
    return why;
  }

  /** What to write in its place. */
  public String instead() {
    return instead;
  }
}
