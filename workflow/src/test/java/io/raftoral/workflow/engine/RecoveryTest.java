package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.HistoryEntry;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Restarts, snapshots, and timers that outlive them. */
class RecoveryTest {
  private final ProgramWorkflow program = new ProgramWorkflow();

  private TestCluster started(String operations) {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"" + operations + "\"");
    return three;
  }

  private static void flushAll(TestCluster three) {
    for (int node = 1; node <= 3; node++) {
      three.engine(node).makeDurable();
    }
  }

  private static void restartAll(TestCluster three) {
    three.crashAll();
    for (int node = 1; node <= 3; node++) {
      three.restart(node);
    }
  }

  @Test
  void aColdStartGoesThroughTheJournalWithoutRunningEffects() {
    TestCluster three = started("clmuntla");
    three.settle();
    int calls = three.world.calls().size();
    assertThat(calls).isEqualTo(2);
    flushAll(three);

    restartAll(three);
    three.settle();
    assertThat(three.engine(2).status().openRuns()).isEqualTo(1);
    assertThat(three.world.calls()).hasSize(calls);

    three.elect(2);
    three.advance(ProgramWorkflow.SLEEP.toMillis());
    assertThat(three.world.calls()).hasSize(3);
    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void whatWasNotFlushedIsAppliedAgainFromTheLog() {
    TestCluster three = started("clt");
    three.settle();
    three.crash(3);
    assertThat(three.engine(2).durableIndex()).isZero();
    three.advance(ProgramWorkflow.SLEEP.toMillis());

    three.restart(3);
    assertThat(three.engine(3).applied().index()).isZero();
    three.settle();
    ProgramWorkflow.check(three, 3, "w");
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void aTimerSurvivesTheDeathOfEveryNodeFiresOnceAndNeverEarly() {
    TestCluster three = started("t");
    three.settle();
    flushAll(three);
    three.advance(400);
    restartAll(three);
    three.advance(300);
    three.elect(3);
    three.settle();

    three.advance(299);
    assertThat(three.describe(3, "w").summary().status()).isEqualTo(RunStatus.RUNNING);
    three.advance(1);
    assertThat(three.describe(3, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(three.describe(3, "w").journal())
        .extracting(checkpoint -> checkpoint.kind())
        .containsExactly("timer-set", "timer-fired", "completed");
  }

  @Test
  void aTimerThatIsDueWhenTheLeaderChangesFiresOnce() {
    TestCluster three = started("ta");
    three.settle();
    three.runtime.pass(ProgramWorkflow.SLEEP.toMillis());
    // Both leaders find it due: the old one has proposed it, and the new one does so again.
    three.runtime.runUntilIdle();
    assertThat(three.uncommitted()).isPositive();
    three.elect(2, three.uncommitted());
    three.settle();

    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
  }

  @Test
  void aTimerFollowsAClockThatJumpsAhead() {
    TestCluster three = TestCluster.of(1, sleeper(Duration.ofDays(30)));
    three.elect(1);
    three.settle();
    three.submit("sleeper", "w", "1");
    three.settle();

    three.runtime.jump(Duration.ofDays(31).toMillis());
    three.advance(60_000);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  private static io.raftoral.workflow.WorkflowType<Integer, Integer> sleeper(Duration duration) {
    return io.raftoral.workflow.WorkflowType.of(
        "sleeper",
        1,
        Integer.class,
        Integer.class,
        (context, input) -> {
          context.sleep(duration);
          return input;
        });
  }

  @Test
  void anEndlessSleepIsNoOverflow() {
    TestCluster one = TestCluster.of(1, sleeper(Duration.ofSeconds(Long.MAX_VALUE)));
    one.elect(1);
    one.settle();
    one.submit("sleeper", "w", "1");
    one.advance(1_000_000);
    assertThat(one.describe(1, "w").summary().status()).isEqualTo(RunStatus.RUNNING);
    assertThat(one.describe(1, "w").journal()).hasSize(1);
  }

  @Test
  void aFollowerThatIsFarBehindGoesOnFromASnapshot() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "ended", "\"cl\"");
    three.submit("program", "open", "\"" + "ca".repeat(40) + "tlm" + "\"");
    var ended = three.engine(3).awaitEnd("ended");
    for (int round = 0; round < 20; round++) {
      three.runtime.runUntilIdle();
      three.runLater();
      three.commit();
      three.deliver(1);
      three.deliver(2);
    }
    assertThat(three.engine(3).describe("open")).isNull();
    var applied = three.engine(3).whenApplied(three.engine(1).applied().index());
    assertThat(applied).isNotDone();

    three.sendSnapshot(1, 3);
    assertThat(ended).isCompleted();
    assertThat(applied).isCompleted();
    assertThat(three.engine(3).durableIndex()).isEqualTo(three.engine(1).applied().index());
    assertThat(three.engine(3).stateDigest()).isEqualTo(three.engine(1).stateDigest());

    three.crash(1);
    three.elect(3);
    three.advance(5_000);
    ProgramWorkflow.check(three, 3, "open");
    ProgramWorkflow.check(three, 2, "open");
    assertThat(three.world.calls()).extracting(call -> call.context().node()).containsExactly("n1", "n3", "n3");
  }

  @Test
  void aSnapshotMovesAThreadThatWasUnderWayFurther() {
    TestCluster three = started("cataca");
    three.settle();
    three.runtime.pass(1_000);
    for (int round = 0; round < 10; round++) {
      three.runtime.runUntilIdle();
      three.commit();
      three.deliver(1);
      three.deliver(2);
    }
    assertThat(three.describe(3, "w").summary().status()).isEqualTo(RunStatus.RUNNING);
    three.sendSnapshot(1, 3);
    three.settle();
    ProgramWorkflow.check(three, 3, "w");
    assertThat(three.engine(3).status().openRuns()).isZero();
    assertThat(three.node(3).blocked).isEmpty();
  }

  @Test
  void theStateBecomesDurableByItselfOnceEnoughWasApplied() {
    TestCluster one =
        program.on(TestCluster.of(1, config -> config.withFlushBytes(200), program.type));
    one.elect(1);
    one.settle();
    one.submit("program", "w", "\"" + "ca".repeat(50) + "\"");
    one.settle();
    long durable = one.engine(1).durableIndex();
    assertThat(durable).isPositive();

    one.crash(1);
    one.restart(1);
    assertThat(one.engine(1).applied().index()).isGreaterThanOrEqualTo(durable);
  }

  @Test
  void runsAreFoundByTheTimeOfTheirStartAndByTheirVariables() {
    TestCluster one = program.on(1);
    one.elect(1);
    one.settle();
    one.submit("program", "early", "\"ca\"");
    one.advance(1_000);
    Instant later = Instant.ofEpochMilli(one.runtime.nowMs());
    one.submit("program", "late", "\"a\"");
    one.settle();

    WorkflowEngine engine = one.engine(1);
    assertThat(engine.list(RunFilter.ALL.withStarted(later, null)).runs())
        .extracting(RunSummary::workflowId)
        .containsExactly("late");
    assertThat(engine.list(RunFilter.ALL.withStarted(null, later)).runs())
        .extracting(RunSummary::workflowId)
        .containsExactly("early");
    assertThat(engine.list(RunFilter.ALL.withVariables(Map.of("seen", "\"\""))).runs())
        .extracting(RunSummary::workflowId)
        .containsExactly("late");
    assertThat(engine.list(RunFilter.ALL.withVariables(Map.of("seen", "\"\"", "other", "1"))).runs()).isEmpty();
  }

  @Test
  void aHistoryIsReadPageByPageToItsEnd() {
    int positions = 2 * HistoryPage.MAX_PAGE_SIZE + 1;
    TestCluster one = program.on(1);
    one.elect(1);
    one.settle();
    one.submit("program", "w", "\"" + "n".repeat(positions - 1) + "\"");
    one.settle();

    List<HistoryEntry> entries = new ArrayList<>();
    HistoryPage page = Objects.requireNonNull(one.engine(1).history("w", ""));
    entries.addAll(page.entries());
    while (!page.nextPageToken().isEmpty()) {
      page = Objects.requireNonNull(one.engine(1).history("w", page.nextPageToken()));
      entries.addAll(page.entries());
    }
    assertThat(entries).extracting(HistoryEntry::position).hasSize(positions).isSorted().doesNotHaveDuplicates();
    assertThat(entries.getFirst().text()).matches("1  2023-11-14T22:13:20Z  term 1  now = .*Z");
    assertThat(entries.getLast().kind()).isEqualTo("completed");
    assertThat(one.engine(1).history("other", "")).isNull();
    assertThatThrownBy(() -> one.engine(1).history("w", "x")).hasMessageContaining("not a page token");
  }

  @Test
  void listingPagesThroughAllRunsAndFilters() {
    TestCluster one = program.on(1);
    one.elect(1);
    one.settle();
    for (int i = 0; i < 25; i++) {
      one.submit("program", "w" + i, i % 5 == 0 ? "\"t\"" : "\"c\"");
    }
    one.settle();

    java.util.List<String> ids = new java.util.ArrayList<>();
    String token = "";
    do {
      var page = one.engine(1).list(new RunFilter(null, null, 10, token));
      page.runs().forEach(run -> ids.add(run.workflowId()));
      token = page.nextPageToken();
    } while (!token.isEmpty());
    assertThat(ids).hasSize(25).doesNotHaveDuplicates();
    assertThat(one.engine(1).list(new RunFilter("program", RunStatus.RUNNING, 100, "")).runs()).hasSize(5);
    assertThat(one.engine(1).list(new RunFilter("other", null, 100, "")).runs()).isEmpty();
    assertThat(one.engine(1).status().openRuns()).isEqualTo(5);
    assertThat(one.engine(1).status().endedRuns()).isEqualTo(20);
  }
}
