package io.raftoral.raft.driver;

import io.raftoral.raft.ProposalResult;

/**
 * Told exactly once what became of one proposed command. Must be quick and must not block. Called on the loop's thread,
 * except for a refusal because too much is waiting or the driver has stopped: that one comes from within {@link
 * Group#propose}, on the caller's thread, since there is no room to keep it.
 */
public interface ProposalListener {

  /** Ignores everything. */
  ProposalListener IGNORE =
      new ProposalListener() {
        @Override
        public void appended(long term, long index) {}

        @Override
        public void refused(ProposalResult.Reason reason, long leader) {}
      };

  /** The command was appended to this leader's log; whether it commits is seen by applying. */
  void appended(long term, long index);

  /** Nothing was appended; it is safe to try again. */
  void refused(ProposalResult.Reason reason, long leader);
}
