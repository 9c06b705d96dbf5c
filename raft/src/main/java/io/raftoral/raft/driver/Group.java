package io.raftoral.raft.driver;

import io.raftoral.raft.Status;
import io.raftoral.raft.membership.ConfChange;
import java.util.function.Consumer;

/** A handle on one Raft group of this node. Every method may be called on any thread and returns at once. */
public interface Group {

  /** The group's id. */
  long id();

  /**
   * Proposes one command. Commands that are proposed while the loop is busy share a log entry; commands of one caller
   * stay in order. This node must lead: commands are never forwarded by the driver.
   *
   * @param command owned by the driver from now on
   * @throws IllegalArgumentException if the command is larger than {@link DriverLimits#maxCommandBytes()}; the listener
   *     is not told then
   */
  void propose(byte[] command, ProposalListener listener);

  /** Proposes a change of the group's members. This node must lead. */
  void proposeChange(ConfChange change, ProposalListener listener);

  /** Asks for a linearizable read; works on followers too. */
  void read(ReadListener listener);

  /**
   * Asks the leader to hand leadership to {@code node}; of several wishes that wait the last one counts. If this node
   * leads, its lease ends before anything is sent, and does not come back in this term: the request to campaign may
   * reach {@code node} long after the transfer was given up.
   */
  void transferLeadership(long node);

  /**
   * Until when no other node can lead this group, on the clock of {@link System#nanoTime()} or its simulated stand-in;
   * {@code Long.MIN_VALUE} unless this node leads with a confirmed lease. Whoever must not act beside a successor asks
   * this immediately before acting. Never blocks; may be asked on any thread.
   */
  long leaseUntilNanos();

  /**
   * Hands a view of the group to {@code consumer}, on the loop's thread. If the driver has stopped, or if too many ask
   * at once, the consumer is called at once, with the last view that was taken.
   */
  void status(Consumer<Status> consumer);
}
