package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.RunProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds workflow threads that have been in the workflow's code for too long without asking the engine for anything: an
 * endless loop, or a call that blocks and is no side effect. Such a thread is reported with its stack, in the log, to
 * the listener and in descriptions. It is left alone, since Java has no way to stop it.
 *
 * <p>The thread's stack decides: one that was woken and waits for a processor is in the engine, not in the workflow's
 * code. The watchdog looks only while some thread runs.
 */
final class Watchdog {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final long NANOS_PER_MS = 1_000_000;

  /** How much of a stack is reported. */
  private static final int MAX_FRAMES = 32;

  /** The engine, and what it works with. */
  private static final List<String> ENGINE =
      List.of(
          "io.raftoral.workflow.engine.run.",
          "io.raftoral.workflow.engine.runtime.",
          "io.raftoral.workflow.engine.state.",
          "io.raftoral.workflow.engine.payload.",
          "io.raftoral.proto.",
          "com.google.protobuf.",
          "tools.jackson.");
  private static final List<String> JDK = List.of("java.", "jdk.", "sun.");

  private final RunServices services;
  private final Collection<RunHost> hosts;
  private final long stuckAfterMs;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean stopped;

  Watchdog(RunServices services, Collection<RunHost> hosts) {
    this.services = services;
    this.hosts = hosts;
    stuckAfterMs = services.settings().stuckAfterMs();
  }

  /** A thread begins to run. Any thread, with a run's lock held. */
  void runs() {
    if (!scheduled.get() && !stopped && scheduled.compareAndSet(false, true)) {
      services.runtime().schedule(Math.max(1, stuckAfterMs / 2), this::look);
    }
  }

  void stop() {
    stopped = true;
  }

  private void look() {
    scheduled.set(false);
    if (stopped) {
      return;
    }
    long sinceNanos = services.runtime().nanoTime() - stuckAfterMs * NANOS_PER_MS;
    boolean again = false;
    for (RunHost host : hosts) {
      if (host.busy()) {
        again = true;
        look(host, sinceNanos);
      } else {
        host.stuck(null);
      }
    }
    if (again) {
      runs();
    }
  }

  private void look(RunHost host, long sinceNanos) {
    StackTraceElement[] stack = host.busySince(sinceNanos);
    if (stack == null || !inWorkflowCode(stack)) {
      host.stuck(null);
      return;
    }
    RunProblem problem = problem(host, stack);
    if (host.stuck(problem)) {
      String node = services.settings().node();
      LOG.warn("{} on node {}: {}\n\tat {}", host.info(), node, problem.message(), String.join("\n\tat ", problem.stack()));
      services.listener().runStuck(node, host.info().workflowId(), problem);
    }
  }

  private RunProblem problem(RunHost host, StackTraceElement[] stack) {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      if (isOf(ENGINE, frame) || frames.size() == MAX_FRAMES) {
        break;
      }
      frames.add(frame.toString());
    }
    String line =
        Arrays.stream(stack).filter(frame -> !isOf(JDK, frame)).findFirst().map(Object::toString).orElse("");
    return new RunProblem(
        RunProblem.Kind.STUCK,
        "the thread of " + host.info().workflowId() + " has not come out of the workflow's code for more than "
            + stuckAfterMs + " ms, at " + line
            + "; it loops, or blocks on something that has to be a side effect or one of the context's operations",
        0,
        "",
        "",
        line,
        frames);
  }

  /** Whether the innermost frame that is not the JDK's is the workflow's. */
  private static boolean inWorkflowCode(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .filter(frame -> !isOf(JDK, frame))
        .findFirst()
        .map(frame -> !isOf(ENGINE, frame))
        .orElse(false);
  }

  private static boolean isOf(List<String> packages, StackTraceElement frame) {
    return packages.stream().anyMatch(frame.getClassName()::startsWith);
  }
}
