package io.raftoral.raft.driver;

import io.raftoral.raft.ProposalResult;

/** Told what became of one proposed command. Called on the loop's thread; must be quick and must not block. */
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
