package io.raftoral.workflow.client;

import io.raftoral.workflow.RaftoralException;

/**
 * Where a client's requests go: into the node of its own process, or over the network to whichever node answers. A
 * seam, so that both kinds of client are one class with the same semantics.
 */
public interface Requester extends AutoCloseable {

  /**
   * Asks until there is an answer that trying again would not change, or until the time is over. Blocks.
   *
   * @return anything but {@link Answer.Refused}; {@link Answer.StillRunning} if the time was over
   * @throws RaftoralException what the refusal means, or that the time was over
   */
  Answer ask(Request request, Deadline deadline);

  @Override
  void close();
}
