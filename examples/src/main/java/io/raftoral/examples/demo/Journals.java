package io.raftoral.examples.demo;

import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunDescription.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads the journals of runs, and looks for checkpoints that have to be there. */
final class Journals {
  /** Journals read at a time. */
  private static final int READERS = 32;

  private final RaftoralClient client;
  private final Duration patience;

  Journals(RaftoralClient client, Duration patience) {
    this.client = client;
    this.patience = patience;
  }

  /** Those of {@code checkpoints} (by run and position, with their terms) that are not in the journals, a line each. */
  List<String> missing(Map<String, NavigableMap<Long, Long>> checkpoints) throws InterruptedException {
    List<Future<List<String>>> answers = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    long deadline = System.nanoTime() + patience.toNanos();
    ExecutorService readers = Executors.newFixedThreadPool(READERS, Thread.ofVirtual().factory());
    try {
      checkpoints.forEach((id, positions) -> answers.add(readers.submit(() -> missing(id, positions))));
      for (Future<List<String>> answer : answers) {
        missing.addAll(answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
      }
    } catch (ExecutionException | TimeoutException e) {
      missing.add("the journals could not be read: " + e);
    } finally {
      readers.shutdownNow();
    }
    return missing;
  }

  private List<String> missing(String id, NavigableMap<Long, Long> positions) {
    RunDescription run;
    try {
      run = client.describe(id);
    } catch (RaftoralException e) {
      return List.of("the journal of " + id + " could not be read: " + e.getMessage());
    }
    return missing(run, positions);
  }

  /** Likewise, for one run. */
  static List<String> missing(RunDescription run, NavigableMap<Long, Long> positions) {
    NavigableMap<Long, Long> journal = new TreeMap<>();
    for (Checkpoint checkpoint : run.journal()) {
      journal.put(checkpoint.position(), checkpoint.term());
    }
    List<String> missing = new ArrayList<>();
    // Of a long journal only the end is shown; what stood before it is vouched for by the length.
    long firstShown = journal.isEmpty() ? Long.MAX_VALUE : journal.firstKey();
    positions.forEach(
        (position, term) -> {
          if (position >= firstShown ? !term.equals(journal.get(position)) : position > run.summary().checkpoints()) {
            missing.add(
                "checkpoint %d of %s was committed in term %d and is lost"
                    .formatted(position, run.summary().workflowId(), term));
          }
        });
    return missing;
  }
}
