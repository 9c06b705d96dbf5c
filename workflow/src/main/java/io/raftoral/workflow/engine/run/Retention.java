package io.raftoral.workflow.engine.run;

import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes runs that are over for long enough. The active node looks for them now and then and proposes to forget them,
 * a slice at a time; every node removes the same ones at the same place of the log.
 */
final class Retention {
  /** How many runs one command removes. */
  static final int SLICE = 256;

  /** How soon after a full slice the next one is looked for, in milliseconds. */
  static final long AGAIN_MS = 200;

  /** How often runs are looked for otherwise, at most. */
  static final long MAX_CHECK_MS = 60_000;

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final long MIN_CHECK_MS = 100;
  private static final long PASSIVE = 0;

  private final RunServices services;
  private final long retentionMs;
  private volatile long activeTerm = PASSIVE;

  Retention(RunServices services) {
    this.services = services;
    retentionMs = services.settings().retentionMs();
  }

  /** This node became active. */
  void activate(long term) {
    activeTerm = term;
    schedule(term, MIN_CHECK_MS);
  }

  void deactivate() {
    activeTerm = PASSIVE;
  }

  private void schedule(long term, long delayMs) {
    if (retentionMs != RunSettings.KEEP && activeTerm == term) {
      services.runtime().schedule(delayMs, () -> services.runtime().background(() -> look(term)));
    }
  }

  /** Reads the store, so it runs in the background. */
  private void look(long term) {
    if (activeTerm != term) {
      return;
    }
    try {
      long nowMs = services.runtime().nowMs();
      List<Command.Ref> over = services.reader().endedBefore(nowMs - retentionMs, SLICE);
      if (!over.isEmpty()) {
        // If it is lost, they are found again.
        services
            .group()
            .propose(
                CommandCodec.encode(new Command.Forget(nowMs, nowMs - retentionMs, over)), ProposalListener.IGNORE);
      }
      schedule(term, over.size() == SLICE ? AGAIN_MS : Math.clamp(retentionMs / 10, MIN_CHECK_MS, MAX_CHECK_MS));
    } catch (RuntimeException failed) {
      if (activeTerm == term) {
        // Whoever writes to the store next meets it too, and stops the node.
        LOG.warn("node {} could not look for runs that are over", services.settings().node(), failed);
      }
    }
  }
}
