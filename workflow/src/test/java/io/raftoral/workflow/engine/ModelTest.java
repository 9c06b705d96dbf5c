package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.ChildWorkflow;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.ParentClosePolicy;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.Workflow;
import io.raftoral.workflow.WorkflowCancelledException;
import io.raftoral.workflow.WorkflowCode;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.run.RunLimits;
import io.raftoral.workflow.engine.state.Result;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The programming model. Most scenarios run undisturbed, with a leader that crashes after each of their steps, with a
 * cold restart of all nodes there, and with a snapshot instead of the log: the result has to be the same.
 */
class ModelTest {
  private static final WorkflowType<String, String> CHILD =
      WorkflowType.of(
          "child",
          1,
          String.class,
          String.class,
          (context, input) -> {
            String signal = input.equals("wait") ? context.receive("go", String.class) : "";
            if (input.equals("fail")) {
              throw new IllegalStateException("the child fails");
            }
            return input + signal;
          });

  private final AtomicReference<TestCluster> cluster = new AtomicReference<>();

  private static WorkflowType<String, String> type(WorkflowCode<String, String> code) {
    return WorkflowType.of("w", 1, String.class, String.class, code);
  }

  private TestCluster three(WorkflowType<?, ?>... types) {
    TestCluster three = TestCluster.of(3, types);
    cluster.set(three);
    three.elect(1);
    three.settle();
    return three;
  }

  private TestCluster started(WorkflowCode<String, String> code) {
    TestCluster three = three(type(code), CHILD);
    three.submit("w", "w", "\"in\"");
    three.settle();
    return three;
  }

  /** Things that happen in between the steps of a scenario. */
  private enum Trouble {
    NONE,
    LEADER_CRASHES,
    ALL_RESTART,
    SNAPSHOT
  }

  private static void make(Trouble trouble, TestCluster three) {
    three.settle();
    int leader = three.leader();
    switch (trouble) {
      case NONE -> {}
      case LEADER_CRASHES -> {
        three.crash(leader);
        three.elect(1 + leader % 3);
        three.settle();
        three.restart(leader);
      }
      case ALL_RESTART -> {
        three.crashAll();
        for (int node = 1; node <= 3; node++) {
          three.restart(node);
        }
        three.elect(1 + leader % 3);
      }
      case SNAPSHOT -> {
        int behind = 1 + leader % 3;
        three.crash(behind);
        three.restart(behind);
        three.sendSnapshot(leader, behind);
        three.elect(behind);
      }
    }
    three.advance(50);
  }

  /** Runs the steps with each kind of trouble in each gap between them; the result is always the same. */
  @SafeVarargs
  private void everywhere(WorkflowCode<String, String> code, String result, Consumer<TestCluster>... steps) {
    for (Trouble trouble : Trouble.values()) {
      for (int at = 0; at <= steps.length; at++) {
        TestCluster three = started(code);
        for (int step = 0; step <= steps.length; step++) {
          if (step == at) {
            make(trouble, three);
          }
          if (step < steps.length) {
            steps[step].accept(three);
            three.settle();
          }
        }
        three.advance(120_000);
        for (int node = 1; node <= 3; node++) {
          assertThat(three.describe(node, "w").result())
              .as("%s before step %s, on n%s: %s", trouble, at, node, three.describe(node, "w"))
              .isEqualTo("\"" + result + "\"");
          assertThat(three.node(node).blocked).as("%s before step %s, on n%s", trouble, at, node).isEmpty();
        }
        assertThat(three.digests()).hasSize(3).containsOnly(three.digests().getFirst());
      }
    }
  }

  private static Consumer<TestCluster> signal(String name, String requestId, String value) {
    return three -> send(three, name, requestId, value, false);
  }

  private static void send(TestCluster three, String name, String requestId, String value, boolean update) {
    CompletableFuture<?> sent = sent(three, name, requestId, value, update);
    if (sent.isCompletedExceptionally()) {
      throw new AssertionError(sent.exceptionNow());
    }
  }

  private static CompletableFuture<?> sent(
      TestCluster three, String name, String requestId, String value, boolean update) {
    CompletableFuture<?> sent =
        three.engine(three.leader()).signal("w", requestId, name, json("\"" + value + "\""), update);
    three.settle();
    return sent;
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Result result) {
    return result instanceof Result.Value value
        ? new String(value.json(), StandardCharsets.UTF_8)
        : ((Result.Failure) result).type();
  }

  // --------------------------------------------------------------------------------------------- signals

  @Test
  void signalsAreReceivedInOrderAndOnceWhateverHappensInBetween() {
    everywhere(
        (context, input) ->
            context.receive("a", String.class)
                + context.receive("b", String.class)
                + context.receive("a", String.class),
        "123",
        signal("a", "r1", "1"),
        signal("a", "r2", "3"),
        signal("a", "r1", "1"),
        signal("b", "r3", "2"));
  }

  @Test
  void receiveWithATimeoutAndPollSayThatNothingCame() {
    everywhere(
        (context, input) -> {
          Optional<String> polled = context.poll("a", String.class);
          Optional<String> late = context.receive("a", String.class, Duration.ofSeconds(5));
          String came = context.receive("a", String.class);
          context.receive("b", String.class);
          Optional<String> second = context.poll("a", String.class);
          return polled.orElse("-") + late.orElse("-") + came + second.orElse("-");
        },
        "--xy",
        three -> three.advance(6_000),
        signal("a", "r2", "x"),
        signal("a", "r3", "y"),
        signal("b", "r4", "other"));
  }

  @Test
  void aHandlerRunsWhereTheWorkflowWaitsAndAwaitLooksAgain() {
    everywhere(
        (context, input) -> {
          ReplicatedVar<String> seen = context.replicated("seen", String.class, "");
          context.<String>onSignal("add", String.class, value -> seen.update(before -> before + value));
          context.sleep(Duration.ofSeconds(10));
          String early = seen.get();
          boolean enough = context.await(() -> seen.get().length() >= 3, Duration.ofSeconds(60));
          return early + "," + seen.get() + "," + enough;
        },
        "a,abc,true",
        signal("add", "1", "a"),
        three -> three.advance(11_000),
        signal("add", "2", "b"),
        signal("add", "3", "c"));
  }

  @Test
  void awaitWithATimeoutGivesUp() {
    everywhere(
        (context, input) -> String.valueOf(context.await(() -> false, Duration.ofSeconds(5))),
        "false",
        three -> three.advance(2_000),
        three -> three.advance(4_000));
  }

  @Test
  void aSignalForNobodyAndAWaitInAHandlerAreRefused() {
    TestCluster three =
        started(
            (context, input) -> {
              context.onSignal("bad", String.class, value -> context.sleep(Duration.ofSeconds(1)));
              context.await(() -> false);
              return "";
            });
    CompletableFuture<?> nobody = three.engine(1).signal("nobody", "r", "a", json("1"), false);
    three.settle();
    assertThat(nobody.exceptionNow()).isInstanceOf(RefusedException.class).hasMessageContaining("no workflow");

    send(three, "bad", "r", "x", false);
    assertThat(three.describe(2, "w").failureMessage()).contains("handler of \"bad\"");
    CompletableFuture<?> late = sent(three, "bad", "r2", "x", false);
    assertThat(((RefusedException) late.exceptionNow()).code()).isEqualTo(RefusedException.Code.RUN_ENDED);
  }

  // --------------------------------------------------------------------------------------------- updates

  private static final WorkflowCode<String, String> BASKET =
      (context, input) -> {
        ReplicatedVar<Integer> sum = context.replicated("sum", Integer.class, 0);
        context.<String, Integer>onUpdate(
            "add",
            String.class,
            Integer.class,
            value -> {
              if (value.isEmpty()) {
                throw new IllegalArgumentException("nothing to add");
              }
            },
            value -> sum.update(before -> before + value.length()));
        context.await(() -> sum.get() >= 3);
        return "sum " + sum.get();
      };

  @Test
  void anUpdateIsAnsweredOnEveryNodeOnceAndARefusedOneChangesNothing() {
    TestCluster three = started(BASKET);
    send(three, "add", "r1", "x", true);
    send(three, "add", "r2", "", true);
    send(three, "add", "r1", "x", true);
    for (int node = 1; node <= 3; node++) {
      assertThat(text(three.engine(node).awaitUpdate("w", "r1").join())).isEqualTo("1");
      assertThat(text(three.engine(node).awaitUpdate("w", "r2").join()))
          .isEqualTo(IllegalArgumentException.class.getName());
      assertThat(new String(three.engine(node).query("w", "sum", json("null")), StandardCharsets.UTF_8))
          .isEqualTo("1");
    }
    CompletableFuture<Result> waiting = three.engine(3).awaitUpdate("w", "r3");
    send(three, "add", "r3", "yz", true);
    assertThat(text(waiting.join())).isEqualTo("3");
    assertThat(three.describe(1, "w").result()).isEqualTo("\"sum 3\"");
    assertThat(three.engine(2).awaitUpdate("w", "never").exceptionNow()).isInstanceOf(RefusedException.class);
  }

  @Test
  void updatesSurviveTrouble() {
    everywhere(
        BASKET,
        "sum 3",
        three -> send(three, "add", "r1", "x", true),
        three -> send(three, "add", "r2", "", true),
        three -> send(three, "add", "r1", "x", true),
        three -> send(three, "add", "r3", "yz", true));
  }

  @Test
  void aDeclaredQueryIsAnsweredFromCommittedVariablesOfARunThatHasEndedToo() {
    WorkflowType<String, String> type =
        type(
                (context, input) -> {
                  context.replicated("n", Integer.class, 0).set(20);
                  return "";
                })
            .withQuery("twice", Integer.class, (run, none) -> 2 * run.variable("n", Integer.class, 0))
            .withQuery("plus", Integer.class, Integer.class, (run, more) -> more + run.variable("n", Integer.class, 0));
    TestCluster three = three(type);
    three.submit("w", "w", "\"in\"");
    three.settle();
    assertThat(three.engine(3).query("w", "twice", json("null"))).isEqualTo(json("40"));
    assertThat(three.engine(2).query("w", "plus", json("3"))).isEqualTo(json("23"));
    assertThat(three.engine(2).query("nobody", "plus", json("3"))).isNull();
  }

  // -------------------------------------------------------------------------------------------- branches

  private static Callable<String> waitsFor(WorkflowContext context, String signal) {
    return () -> {
      String own = context.replicated("v" + signal, String.class, "").update(before -> signal);
      return own + context.receive(signal, String.class);
    };
  }

  @Test
  void allJoinsItsBranchesInTheirOrderWhicheverEndsFirst() {
    everywhere(
        (context, input) -> {
          List<String> joined =
              context.all(List.of(waitsFor(context, "a"), waitsFor(context, "b"), waitsFor(context, "c")));
          return String.join("", joined) + context.receive("d", String.class);
        },
        "a1b2c3d",
        signal("c", "r3", "3"),
        signal("a", "r1", "1"),
        signal("b", "r2", "2"),
        signal("d", "r4", "d"));
  }

  @Test
  void raceTakesTheFirstAndCancelsTheOthersWhichMayCompensate() {
    everywhere(
        (context, input) -> {
          List<String> undone = new ArrayList<>();
          String first =
              context.race(
                  List.of(
                      waitsFor(context, "a"),
                      () -> {
                        try {
                          return context.receive("never", String.class);
                        } catch (WorkflowCancelledException cancelled) {
                          context.sleep(Duration.ofSeconds(1));
                          undone.add("undone");
                          throw cancelled;
                        }
                      }));
          return first + undone + context.receive("z", String.class);
        },
        "a1[undone]z",
        signal("a", "r1", "1"),
        three -> three.advance(2_000),
        signal("z", "r2", "z"));
  }

  @Test
  void anyTakesTheFirstThatSucceeds() {
    everywhere(
        (context, input) ->
            context.<String>any(
                List.of(
                    () -> {
                      throw new IllegalStateException("at once");
                    },
                    waitsFor(context, "a"),
                    waitsFor(context, "b"))),
        "b1",
        signal("b", "r1", "1"));
  }

  @Test
  void aBranchThatFailsCancelsItsSiblingsAndBranchesNest() {
    everywhere(
        (context, input) -> {
          try {
            context.<Object>all(
                List.of(
                    () -> context.all(List.of(waitsFor(context, "x"), waitsFor(context, "y"))),
                    () -> {
                      context.receive("a", String.class);
                      throw new IllegalStateException("failed");
                    }));
            return "no";
          } catch (IllegalStateException failed) {
            return String.valueOf(failed.getMessage());
          }
        },
        "failed",
        signal("x", "r1", "1"),
        signal("a", "r2", "1"));
  }

  @Test
  void effectsOfBranchesRunBesideEachOtherAndTheirKeysDiffer() {
    TestCluster three =
        started(
            (context, input) -> {
              List<Callable<String>> tasks = new ArrayList<>();
              for (int i = 0; i < 3; i++) {
                tasks.add(
                    () ->
                        context
                            .sideEffect(
                                "e",
                                String.class,
                                effect -> {
                                  cluster.get().world.call(effect);
                                  return effect.idempotencyKey();
                                })
                            .call());
              }
              return String.join(" ", context.all(tasks));
            });
    long run = three.describe(1, "w").summary().run();
    String prefix = "test/w/" + run + "/";
    assertThat(three.describe(3, "w").result())
        .isEqualTo("\"" + prefix + "1.0.1 " + prefix + "1.1.1 " + prefix + "1.2.1\"");
  }

  @Test
  void aVariableOfAnotherBranchCannotBeAssigned() {
    TestCluster three =
        started(
            (context, input) -> {
              ReplicatedVar<String> mine = context.replicated("mine", String.class, "m");
              return String.join(
                  "",
                  context.<String>all(
                      List.of(
                          mine::get,
                          () -> {
                            mine.set("x");
                            return "assigned";
                          })));
            });
    assertThat(three.describe(2, "w").failureMessage()).contains("belongs to another branch");
  }

  // ---------------------------------------------------------------------------------------- cancellation

  private static Consumer<TestCluster> cancel(boolean terminate) {
    return three -> {
      CompletableFuture<?> done = three.engine(three.leader()).cancel("w", "c", "not wanted", terminate);
      three.settle();
      if (done.isCompletedExceptionally()) {
        throw new AssertionError(done.exceptionNow());
      }
    };
  }

  @Test
  void cancellationIsLearnedOfOnceAndCompensationRunsUndisturbed() {
    everywhere(
        (context, input) -> {
          try {
            context.receive("never", String.class);
            return "no";
          } catch (WorkflowCancelledException cancelled) {
            context.sleep(Duration.ofSeconds(1));
            return cancelled.getMessage() + context.receive("after", String.class);
          }
        },
        "not wanted!",
        cancel(false),
        three -> three.advance(2_000),
        signal("after", "r", "!"));
  }

  @Test
  void cancellationInterruptsAnEffectInFlight() {
    TestCluster three =
        started(
            (context, input) ->
                context
                    .sideEffect(
                        "e",
                        String.class,
                        effect -> {
                          cluster.get().world.block();
                          cluster.get().world.call(effect);
                          return "done";
                        })
                    .call());
    cancel(false).accept(three);
    assertThat(three.world.interruptions()).isEqualTo(1);
    assertThat(three.describe(2, "w").summary().status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(three.engine(3).awaitEnd("w").join().status()).isEqualTo(RunStatus.CANCELLED);
  }

  @Test
  void cancellationReachesEveryBranchAndEndsTheRun() {
    TestCluster three =
        started((context, input) -> context.all(List.of(waitsFor(context, "a"), waitsFor(context, "b"))).toString());
    cancel(false).accept(three);
    for (int node = 1; node <= 3; node++) {
      assertThat(three.describe(node, "w").summary().status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(three.node(node).blocked).isEmpty();
    }
  }

  @Test
  void terminationEndsARunWithoutItsCode() {
    TestCluster three =
        started(
            (context, input) -> {
              try {
                return context.receive("never", String.class);
              } finally {
                context.replicated("cleaned", String.class, "").set("x");
              }
            });
    cancel(true).accept(three);
    for (int node = 1; node <= 3; node++) {
      assertThat(three.describe(node, "w").summary().status()).isEqualTo(RunStatus.TERMINATED);
      assertThat(three.describe(node, "w").failureMessage()).isEqualTo("not wanted");
      assertThat(three.variables(node, "w")).isEmpty();
    }
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void aRunWhoseTimeIsOverEndsEvenAfterAFailover() {
    TestCluster three = three(type((context, input) -> context.receive("never", String.class)));
    CompletableFuture<StartedRun> start = three.engine(1).start("w", 0, "w", json("\"in\""), 10_000);
    three.settle();
    assertThat(start).isCompleted();
    three.advance(5_000);
    make(Trouble.LEADER_CRASHES, three);
    assertThat(three.describe(2, "w").summary().status()).isEqualTo(RunStatus.RUNNING);
    three.advance(6_000);
    RunEnd end = three.engine(3).awaitEnd("w").join();
    assertThat(end.status()).isEqualTo(RunStatus.TIMED_OUT);
    assertThat(end.failureType()).isEqualTo(TimeoutException.class.getName());
  }

  // ------------------------------------------------------------------------------ sagas, children, versions

  @Test
  void aSagaUndoesWhatWasDoneInReverseOrder() {
    everywhere(
        (context, input) -> {
          ReplicatedVar<String> log = context.replicated("log", String.class, "");
          try {
            return context.saga(
                saga -> {
                  saga.compensateWith(() -> log.update(before -> before + "-hotel"));
                  log.update(before -> before + "hotel");
                  context.receive("a", String.class);
                  saga.compensateWith(
                      () -> {
                        context.sleep(Duration.ofSeconds(1));
                        log.update(before -> before + "-flight");
                      });
                  log.update(before -> before + "+flight");
                  throw new IllegalStateException("no car");
                });
          } catch (IllegalStateException failed) {
            return log.get();
          }
        },
        "hotel+flight-flight-hotel",
        signal("a", "r", "x"),
        three -> three.advance(2_000));
  }

  @Test
  void childrenRunOnTheirOwnAndTheirResultsAndFailuresComeBack() {
    everywhere(
        (context, input) -> {
          ChildWorkflow<String> good = context.startChild(CHILD, "w-1", "wait");
          ChildWorkflow<String> bad = context.startChild(CHILD, "w-2", "fail");
          try {
            return bad.result();
          } catch (WorkflowFailedException failed) {
            return good.result() + failed.failureMessage();
          }
        },
        "waitgothe child fails",
        three -> {
          three.engine(three.leader()).signal("w-1", "r", "go", json("\"go\""), false).isDone();
          three.settle();
        });
  }

  @Test
  void anOpenChildEndsAsItWasSaidWhenItsParentDoes() {
    TestCluster three =
        started(
            (context, input) -> {
              context.startChild(CHILD, "t", "wait", ParentClosePolicy.TERMINATE);
              context.startChild(CHILD, "c", "wait", ParentClosePolicy.REQUEST_CANCEL);
              context.startChild(CHILD, "a", "wait", ParentClosePolicy.ABANDON);
              return "";
            });
    three.settle();
    assertThat(three.describe(2, "t").summary().status()).isEqualTo(RunStatus.TERMINATED);
    assertThat(three.describe(2, "c").summary().status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(three.describe(2, "a").summary().status()).isEqualTo(RunStatus.RUNNING);
  }

  @Test
  void continueAsNewGoesOnUnderTheSameIdWithTheSignalsThatWait() {
    everywhere(
        (context, input) -> {
          String value = context.receive("s", String.class);
          return value.equals("end") ? input + "." : context.continueAsNew(input + value);
        },
        "inabc.",
        three -> {
          send(three, "s", "1", "a", false);
          send(three, "s", "2", "b", false);
        },
        signal("s", "3", "c"),
        signal("s", "3", "c"),
        signal("s", "4", "end"));
  }

  @Test
  void versionIsRecordedWhenItIsAskedForFirst() {
    everywhere(
        (context, input) -> {
          int version = context.version("change", 3);
          context.receive("a", String.class);
          return version + "" + context.version("change", 7) + context.changed("other");
        },
        "33true",
        signal("a", "r", "x"));
  }

  @Test
  void aRunThatHasPassedAPlaceBeforeItWasChangedKeepsTheOldCode() {
    WorkflowType<String, String> old =
        type(
            (context, input) -> {
              context.replicated("a", String.class, "").set("old");
              return context.receive("s", String.class);
            });
    WorkflowType<String, String> changed =
        type(
            (context, input) -> {
              int version = context.version("v", 1);
              context.replicated("a", String.class, "").set(version == 0 ? "old" : "new");
              return context.receive("s", String.class) + version;
            });
    TestCluster three = three(old);
    three.submit("w", "w", "\"in\"");
    three.settle();
    three.crashAll();
    for (int node = 1; node <= 3; node++) {
      three.node(node).registered = List.of(changed);
      three.restart(node);
    }
    three.elect(1);
    three.settle();
    three.submit("w", "w2", "\"in\"");
    three.settle();
    for (String id : List.of("w", "w2")) {
      three.engine(1).signal(id, "r" + id, "s", json("\"v\""), false).isDone();
    }
    three.settle();
    assertThat(three.describe(2, "w").result()).isEqualTo("\"v0\"");
    assertThat(three.describe(2, "w2").result()).isEqualTo("\"v1\"");
  }

  // ------------------------------------------------------------------------------------------------ time

  @Test
  void aSleepTakesAsLongAsItShouldThoughALeaderBeforeWasAnHourAhead() {
    TestCluster three =
        started(
            (context, input) -> {
              context.now();
              context.receive("a", String.class);
              context.sleep(Duration.ofSeconds(10));
              return "slept";
            });
    three.runtime.jump(3_600_000);
    three.submit("w", "other", "\"in\"");
    three.settle();
    three.runtime.jump(-3_600_000);
    make(Trouble.LEADER_CRASHES, three);
    send(three, "a", "r", "x", false);
    three.advance(9_000);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.RUNNING);
    three.advance(1_500);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  private WorkflowCode<String, String> failing(RetryPolicy retry, Duration total) {
    return (context, input) -> {
      try {
        return context
            .sideEffect(
                "e",
                String.class,
                effect -> {
                  cluster.get().world.call(effect);
                  throw new IllegalStateException("no");
                })
            .withRetry(retry)
            .withTotalTimeout(total)
            .call();
      } catch (SideEffectFailedException failed) {
        return failed.failureMessage();
      }
    };
  }

  @Test
  void attemptsShareOneOperationKeyAndEndWithTheTotalTimeout() {
    TestCluster three =
        started(failing(RetryPolicy.exponential(10, Duration.ofSeconds(4)).withJitter(0.5), Duration.ofSeconds(30)));
    three.advance(5_000);
    make(Trouble.LEADER_CRASHES, three);
    three.advance(60_000);
    assertThat(three.describe(2, "w").result()).isEqualTo("\"no\"");
    List<World.Call> calls = three.world.calls("e");
    assertThat(calls.size()).as("4 to 6 and 8 to 12 seconds pass in between, 16 to 24 do not").isBetween(3, 4);
    assertThat(calls.stream().map(call -> call.context().operationKey()).distinct()).hasSize(1);
    assertThat(calls.stream().map(call -> call.context().idempotencyKey()).distinct()).hasSize(calls.size());
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void theStaticMethodsActForTheBranchThatCallsThem() {
    everywhere(
        (context, input) ->
            String.join("", Workflow.all(List.of(() -> Workflow.receive("a", String.class), () -> Workflow.id()))),
        "1w",
        signal("a", "r", "1"));
  }

  @Test
  void randomNumbersAreTheSameEverywhere() {
    everywhere(
        (context, input) -> {
          int first = context.random().nextInt(1_000_000);
          context.receive("a", String.class);
          return String.valueOf(first >= 0);
        },
        "true",
        signal("a", "r", "x"));
  }

  @Test
  void theJournalsLimitCountsAllBranches() {
    TestCluster three =
        TestCluster.of(
            3,
            config -> config.withLimits(new RunLimits(1 << 20, 20, 1000, 1000)),
            type(
                (context, input) -> {
                  Callable<String> assigns =
                      () -> {
                        ReplicatedVar<Integer> own = context.replicated("n", Integer.class, 0);
                        for (int i = 0; i < 15; i++) {
                          own.set(i);
                        }
                        return "";
                      };
                  return context.all(List.of(assigns, assigns)).toString();
                }));
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.settle();
    assertThat(three.describe(2, "w").failureType()).isEqualTo(LimitExceededException.class.getName());
  }
}
