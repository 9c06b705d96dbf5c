package io.raftoral.examples.service;

import java.io.IOException;

/** Where executions of side effects are written down. Safe for use by several threads. */
public interface Ledger extends AutoCloseable {
  /**
   * Writes a call down, before what it asks for is done.
   *
   * @throws IOException if that was not possible; the effect then fails
   * @throws InterruptedException if the effect is not wanted any more
   */
  void record(EffectCall call) throws IOException, InterruptedException;

  @Override
  void close();
}
