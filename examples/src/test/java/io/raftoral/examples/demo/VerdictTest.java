package io.raftoral.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrderReceipt;
import io.raftoral.examples.orders.OrderStatus;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private final Story story = new Story();

  @Test
  void aGoodRunIsOk() {
    Verdict verdict = Verdict.of(story.evidence());

    assertThat(verdict.problems()).isEmpty();
    assertThat(verdict.ok()).isTrue();
    assertThat(verdict.total("charge-payment")).isEqualTo(new Verdict.Calls(2, 3));
  }

  @Test
  void aWrongOutcomeIsFound() {
    story.ends.put("A", new OrderEnd.Receipt(new OrderReceipt("A", OrderStatus.CANCELLED, null, null, "")));

    assertThat(problemsOfFirstOrder()).isEqualTo("ended as cancelled, not as shipped");
  }

  @Test
  void anOrderThatNobodyKnowsIsFound() {
    story.ends.remove("A");

    assertThat(problemsOfFirstOrder()).isEqualTo("nothing is known of it");
  }

  @Test
  void anOrderInTroubleIsFound() {
    story.ends.put("A", new OrderEnd.Trouble("no end in time"));

    assertThat(problemsOfFirstOrder()).isEqualTo("no end in time");
  }

  @Test
  void anEffectThatCountedTwiceIsFound() {
    story.call("A", "ship-parcel", "another key", "n2", 3, 650);

    assertThat(problemsOfFirstOrder()).isEqualTo("ship-parcel took effect twice instead of once");
  }

  @Test
  void anEffectThatIsMissingIsFound() {
    story.calls.removeIf(entry -> entry.call().step().equals("ship-parcel"));

    assertThat(problemsOfFirstOrder()).isEqualTo("ship-parcel took effect never instead of once");
  }

  @Test
  void aCallByANodeThatWasNeverActiveIsFound() {
    story.call("A", "ship-parcel", "A/5", "n3", 2, 150);

    assertThat(Verdict.of(story.evidence()).stray())
        .containsExactly("ship-parcel of demo/A ran on n3 with term 2, in which that node was never active");
  }

  @Test
  void aCallByTheOldLeaderAfterTheNextOneIsFound() {
    story.call("A", "ship-parcel", "A/5", "n1", 2, 601);

    assertThat(Verdict.of(story.evidence()).stray())
        .containsExactly("ship-parcel of demo/A ran on n1 with term 2, when n2 was active in term 3");
  }

  @Test
  void aCallLongAfterTheNodeWasDeposedIsFound() {
    story.reigns.removeLast();
    story.call("A", "ship-parcel", "A/5", "n1", 2, 1_501);

    assertThat(Verdict.of(story.evidence()).stray())
        .contains("ship-parcel of demo/A ran on n1 with term 2, after that node had ceased to be active");
  }

  @Test
  void lostCheckpointsAreFound() {
    story.lost.add("checkpoint 3 of demo/A was committed in term 2 and is lost");

    assertThat(Verdict.of(story.evidence()).ok()).isFalse();
  }

  @Test
  void differingStatesAreFound() {
    story.statuses.set(2, Story.status("n3", 10, "ffff"));

    assertThat(Verdict.of(story.evidence()).problems())
        .containsExactly(
            "the replicated states differ: n1 has abcd at index 10, n2 has abcd at index 10, n3 has ffff at index 10");
  }

  @Test
  void equalDigestsOfDifferentIndexesAreNotGoodEnough() {
    story.statuses.set(2, Story.status("n3", 9, "abcd"));

    assertThat(Verdict.of(story.evidence()).ok()).isFalse();
  }

  @Test
  void aNodeThatDoesNotAnswerIsFound() {
    story.statuses.set(0, Story.unreachable("n1"));

    assertThat(Verdict.of(story.evidence()).problems()).containsExactly("at the end, n1 did not answer");
  }

  @Test
  void aMissingFailoverAndRestartAreFound() {
    story.failoverMs = -1;
    story.restarted = false;

    assertThat(Verdict.of(story.evidence()).problems())
        .containsExactly(
            "no checkpoint was committed after n1 was killed", "n1 did not catch up after its restart");
  }

  @Test
  void complaintsOfTheNodesCount() {
    story.problems.add("demo/B cannot go on at n3: diverged");

    assertThat(Verdict.of(story.evidence()).ok()).isFalse();
  }

  private String problemsOfFirstOrder() {
    Verdict verdict = Verdict.of(story.evidence());
    assertThat(verdict.ok()).isFalse();
    assertThat(verdict.problems()).isEmpty();
    assertThat(verdict.rows().getFirst().order()).extracting(Order::id).isEqualTo("A");
    return String.join("; ", verdict.rows().getFirst().problems());
  }
}
