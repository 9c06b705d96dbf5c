package io.raftoral.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunDescription.Checkpoint;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JournalsTest {
  @Test
  void whatIsThereIsNotMissed() {
    assertThat(Journals.missing(run(3, checkpoint(1, 2), checkpoint(2, 2), checkpoint(3, 3)), seen(1, 2, 2, 2))).isEmpty();
  }

  @Test
  void aCheckpointThatIsGoneIsMissed() {
    assertThat(Journals.missing(run(1, checkpoint(1, 2)), seen(1, 2, 2, 2)))
        .containsExactly("checkpoint 2 of A was committed in term 2 and is lost");
  }

  @Test
  void aCheckpointThatWasReplacedIsMissed() {
    assertThat(Journals.missing(run(2, checkpoint(1, 2), checkpoint(2, 3)), seen(2, 2)))
        .containsExactly("checkpoint 2 of A was committed in term 2 and is lost");
  }

  @Test
  void theLengthVouchesForWhatIsNotShown() {
    assertThat(Journals.missing(run(500, checkpoint(499, 2), checkpoint(500, 2)), seen(7, 1, 499, 2))).isEmpty();
  }

  private static Checkpoint checkpoint(long position, long term) {
    return new Checkpoint(position, "assign", "x", "1", term);
  }

  private static NavigableMap<Long, Long> seen(long... positionsAndTerms) {
    NavigableMap<Long, Long> seen = new TreeMap<>();
    for (int i = 0; i < positionsAndTerms.length; i += 2) {
      seen.put(positionsAndTerms[i], positionsAndTerms[i + 1]);
    }
    return seen;
  }

  private static RunDescription run(long length, Checkpoint... journal) {
    RunSummary summary = new RunSummary("A", 1, "t", 1, RunStatus.RUNNING, Instant.EPOCH, null, length);
    return new RunDescription(summary, "null", null, null, null, Map.of(), List.of(journal), null);
  }
}
