package io.raftoral.simulation.plan;

/**
 * What clients ask of the cluster. Each client has one request at a time.
 *
 * @param clients how many there are
 * @param operations how many operations each begins at most
 * @param thinkMs mean time between an answer and the next operation
 * @param keys how many registers they share
 * @param readPercent how many of the operations read
 * @param valueBytes padding of each command, so that size limits are met
 * @param workflows how many workflows are started; 0 without the workflow engine
 */
public record Workload(
    int clients, int operations, long thinkMs, int keys, int readPercent, int valueBytes, int workflows) {

  /** A few clients that keep the cluster busy. */
  public static final Workload DEFAULT = new Workload(4, 2_000, 60, 4, 40, 16, 0);

  /** The same with other numbers of clients and operations. */
  public Workload limited(int newClients, int newOperations) {
    return new Workload(newClients, newOperations, thinkMs, keys, readPercent, valueBytes, workflows);
  }

  /** The same with another number of workflows. */
  public Workload withWorkflows(int newWorkflows) {
    return new Workload(clients, operations, thinkMs, keys, readPercent, valueBytes, newWorkflows);
  }
}
