package io.raftoral.workflow.engine.state;

/**
 * Who computed an outcome.
 *
 * @param term of the activation; at least 1
 * @param incarnation of the run's thread on that node: a rebuilt thread has another number. A term has one leader, so
 *     the pair is unique in the run
 */
public record By(long term, long incarnation) {
  @Override
  public String toString() {
    return term + "." + incarnation;
  }
}
