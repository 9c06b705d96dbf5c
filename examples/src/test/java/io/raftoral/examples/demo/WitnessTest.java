package io.raftoral.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WitnessTest {
  private final List<String> announced = new ArrayList<>();
  private final Witness witness = new Witness("demo/", announced::add);
  private final Witness.Seat n1 = witness.seat();
  private final Witness.Seat n2 = witness.seat();

  @Test
  void theMomentToKillIsTheOneThatWasAskedFor() {
    witness.killAfter(2);
    n1.checkpointApplied("n1", "demo/A", 1, 2);
    n2.checkpointApplied("n2", "demo/A", 1, 2);
    n1.checkpointApplied("n1", "older/A", 1, 2);
    assertThat(witness.killMoment().getCount()).isOne();

    n1.checkpointApplied("n1", "demo/A", 2, 2);

    assertThat(witness.killMoment().getCount()).isZero();
    assertThat(witness.count()).isEqualTo(2);
  }

  @Test
  void failoverIsOverWithTheFirstCheckpointOfALaterTerm() {
    n1.activated("n1", 2);
    n1.checkpointApplied("n1", "demo/A", 1, 2);
    Witness.Killing killing = witness.killed("n1");
    n1.leave();
    n2.checkpointApplied("n2", "demo/A", 2, 2);
    assertThat(witness.failoverNanos()).as("the old leader's last checkpoint").isEmpty();

    n2.activated("n2", 3);
    n2.checkpointApplied("n2", "demo/A", 3, 3);

    assertThat(witness.failoverNanos()).isPresent();
    assertThat(killing.term()).isEqualTo(2);
    assertThat(killing.acknowledged()).containsOnlyKeys("demo/A");
    assertThat(killing.acknowledged().get("demo/A")).containsOnlyKeys(1L);
    assertThat(announced).containsExactly("n1 leads in term 2", "n2 leads in term 3");
  }

  @Test
  void theDeadDoNotTestify() {
    n1.activated("n1", 2);
    witness.killed("n1");
    n1.leave();

    n1.checkpointApplied("n1", "demo/A", 1, 2);
    n1.deactivated("n1", 2);
    n1.activated("n1", 9);
    n1.failed("n1", new IllegalStateException("killed"));

    assertThat(witness.count()).isZero();
    assertThat(witness.problems()).isEmpty();
    assertThat(witness.active()).isEmpty();
    assertThat(witness.reigns()).singleElement().matches(Reign::killed);
  }

  @Test
  void aPositionThatIsWrittenTwiceIsAProblem() {
    n1.checkpointApplied("n1", "demo/A", 1, 2);
    n2.checkpointApplied("n2", "demo/A", 1, 3);

    assertThat(witness.problems())
        .containsExactly("position 1 of demo/A was committed in term 2, and again in term 3 (seen on n2)");
  }

  @Test
  void theNewestReignCounts() {
    n1.activated("n1", 2);
    n2.activated("n2", 3);
    assertThat(witness.active()).contains("n2");

    n2.deactivated("n2", 3);
    assertThat(witness.active()).contains("n1");
  }
}
