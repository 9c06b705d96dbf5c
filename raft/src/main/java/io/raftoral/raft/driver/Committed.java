package io.raftoral.raft.driver;

import io.raftoral.raft.membership.ConfState;
import java.util.List;

/**
 * One committed log entry, as the state machine sees it.
 */
public sealed interface Committed {
  /** The entry's index. */
  long index();

  /** The term in which it was appended. */
  long term();

  /** Commands that were proposed together, in order; empty for a leader's blank entry. */
  record Commands(long index, long term, List<byte[]> commands) implements Committed {}

  /** From this index on, {@code confState} is in force. */
  record Configuration(long index, long term, ConfState confState) implements Committed {}
}
