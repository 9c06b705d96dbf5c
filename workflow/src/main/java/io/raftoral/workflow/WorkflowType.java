package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A workflow that a node can run.
 *
 * @param name unique together with the version; at most 128 characters
 * @param version positive; raise it when the order or the names of durable operations change
 * @param inputClass what {@link RaftoralClient#start} takes; must survive a round trip through JSON
 * @param resultClass what the run returns; likewise
 * @param standby what nodes that are not active do with its runs
 */
public record WorkflowType<I, O extends @Nullable Object>(
    String name,
    int version,
    Class<I> inputClass,
    Class<O> resultClass,
    WorkflowCode<I, O> code,
    Standby standby) {

  /** Checks name and version. */
  public WorkflowType {
    Names.check("workflow type", name);
    if (version < 1) {
      throw new ConfigurationException("workflow type " + name + ": version must be at least 1, but is " + version);
    }
  }

  /** Describes a workflow type that stands by hot. */
  public static <I, O extends @Nullable Object> WorkflowType<I, O> of(
      String name, int version, Class<I> inputClass, Class<O> resultClass, WorkflowCode<I, O> code) {
    return new WorkflowType<>(name, version, inputClass, resultClass, code, Standby.HOT);
  }

  /** The same with another way of standing by. */
  public WorkflowType<I, O> withStandby(Standby changed) {
    return new WorkflowType<>(name, version, inputClass, resultClass, code, changed);
  }
}
