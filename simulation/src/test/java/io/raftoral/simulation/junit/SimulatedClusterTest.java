package io.raftoral.simulation.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SimulatedClusterTest {
  /** What the world has seen: idempotency keys of charges. */
  private final List<String> charges = new ArrayList<>();

  private final WorkflowType<String, String> reminder =
      WorkflowType.of("reminder", 1, String.class, String.class, (context, text) -> {
        context.sleep(Duration.ofDays(30));
        return "remember: " + text;
      });

  private final WorkflowType<Integer, Integer> charging =
      WorkflowType.of("charging", 1, Integer.class, Integer.class, (context, amount) -> {
        var paid = context.replicated("paid", Integer.class, 0);
        for (int part = 0; part < 3; part++) {
          context.sideEffect("charge", Void.class, effect -> {
            charges.add(effect.idempotencyKey());
            return null;
          }).call();
          paid.set(paid.get() + amount);
          context.sleep(Duration.ofHours(1));
        }
        return paid.get();
      });

  private final WorkflowType<String, String> careless =
      WorkflowType.of("careless", 1, String.class, String.class, (context, text) ->
          context
              .<String>sideEffect("post", String.class, effect -> "posted " + text)
              .withDelivery(Delivery.AT_MOST_ONCE)
              .call());

  private final WorkflowType<String, String> careful =
      WorkflowType.of("careful", 1, String.class, String.class, (context, text) -> {
        try {
          context
              .<String>sideEffect("post", String.class, effect -> "posted " + text)
              .withDelivery(Delivery.AT_MOST_ONCE)
              .call();
        } catch (OutcomeUnknownException unknown) {
          // Whoever reads the posts sees whether it is there.
        }
        return "done";
      });

  private final WorkflowType<String, String> failing =
      WorkflowType.of("failing", 1, String.class, String.class, (context, text) -> {
        throw new IllegalArgumentException("never " + text);
      });

  private final WorkflowType<String, String> flaky =
      WorkflowType.of("flaky", 1, String.class, String.class, (context, text) ->
          context
              .<String>sideEffect("call", String.class, effect -> {
                if (effect.attempt() < 4) {
                  throw new IllegalStateException("not yet");
                }
                return "at attempt " + effect.attempt();
              })
              .withRetry(RetryPolicy.exponential(5, Duration.ofSeconds(20)))
              .call());

  @RegisterExtension
  final SimulatedCluster cluster =
      SimulatedCluster.of(3)
          .register(reminder, charging, careless, careful, failing, flaky)
          .reset(charges::clear)
          .build();

  @Test
  void sleepOfThirtyDaysIsLeaptOver() {
    Instant before = cluster.now();
    SimulatedRun<String> run = cluster.start(reminder, "r", "milk");
    assertThat(run.isDone()).isFalse();
    assertThat(run.result()).isEqualTo("remember: milk");
    assertThat(Duration.between(before, cluster.now())).isBetween(Duration.ofDays(30), Duration.ofDays(31));
  }

  @Test
  void sleepSurvivesThatEveryNodeDiesAndIsNeitherShortenedNorBegunAnew() {
    Instant before = cluster.now();
    SimulatedRun<String> run = cluster.start(reminder, "r", "milk");
    cluster.advance(Duration.ofDays(29));
    assertThat(run.isDone()).isFalse();
    cluster.restartAll();
    assertThat(run.result()).isEqualTo("remember: milk");
    assertThat(Duration.between(before, cluster.now())).isBetween(Duration.ofDays(30), Duration.ofDays(31));
  }

  @Test
  void anotherNodeGoesOnWhenTheLeaderIsKilled() {
    SimulatedRun<Integer> run = cluster.start(charging, "c", 5);
    cluster.advance(Duration.ofMinutes(90));
    assertThat(run.describe().variables()).containsEntry("paid", "10");
    String killed = cluster.killLeader();
    assertThat(cluster.leader()).isNotEqualTo(killed);
    assertThat(run.result()).isEqualTo(15);
    assertThat(charges).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void minorityThatIsCutOffDoesNothingAndCatchesUpWhenHealed() {
    SimulatedRun<Integer> run = cluster.start(charging, "c", 1);
    String old = cluster.leader();
    cluster.partition(old);
    assertThat(run.result()).isEqualTo(3);
    assertThat(cluster.leader()).isNotEqualTo(old);
    cluster.heal();
    cluster.advance(Duration.ofSeconds(5));
    cluster.kill(cluster.leader());
    assertThat(run.describe().summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  @Test
  void retriesWaitInVirtualTime() {
    assertThat(cluster.start(flaky, "f", "x").result()).isEqualTo("at attempt 4");
  }

  @Test
  void failureOfAWorkflowIsThrown() {
    assertThatThrownBy(() -> cluster.start(failing, "f", "mind").result())
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("never mind");
  }

  @Test
  void sameIdFindsTheSameRunAndAnotherInputIsRefused() {
    SimulatedRun<String> run = cluster.start(reminder, "r", "milk");
    assertThat(cluster.start(reminder, "r", "milk").describe().summary().run())
        .isEqualTo(run.describe().summary().run());
    assertThatThrownBy(() -> cluster.start(reminder, "r", "bread")).isInstanceOf(RefusedException.class);
  }

  @Test
  void effectsThatRepeatUnderOneKeySurviveACrashAtEveryStep() {
    cluster.assertSurvivesCrashAtEveryStep(
        charging, 7, run -> assertThat((Set<String>) new TreeSet<>(charges)).as("charged under three keys").hasSize(3));
  }

  @Test
  void workflowThatForgetsTheUnknownOutcomeIsFoundOutWithThePosition() {
    assertThatThrownBy(() -> cluster.assertSurvivesCrashAtEveryStep(careless, "news"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("workflow careless goes wrong when the leader dies at position")
        .hasMessageContaining("expected: COMPLETED \"posted news\"")
        .hasMessageContaining("OutcomeUnknownException");
  }

  @Test
  void workflowThatHandlesTheUnknownOutcomeSurvivesACrashAtEveryStep() {
    cluster.assertSurvivesCrashAtEveryStep(careful, "news");
  }
}
