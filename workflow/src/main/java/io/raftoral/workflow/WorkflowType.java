package io.raftoral.workflow;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A workflow that a node can run.
 *
 * @param name unique together with the version; at most 128 characters
 * @param version positive; raise it when the order or the names of durable operations change
 * @param inputClass what {@link RaftoralClient#start} takes; must survive a round trip through JSON
 * @param resultClass what the run returns; likewise
 * @param standby what nodes that are not active do with its runs
 * @param queries by their names
 */
public record WorkflowType<I, O extends @Nullable Object>(
    String name,
    int version,
    Class<I> inputClass,
    Class<O> resultClass,
    WorkflowCode<I, O> code,
    Standby standby,
    SortedMap<String, WorkflowQuery<?, ?>> queries) {
  /** Checks name and version. */
  public WorkflowType {
    Names.check("workflow type", name);
    if (version < 1) {
      throw new ConfigurationException("workflow type " + name + ": version must be at least 1, but is " + version);
    }
    queries = Collections.unmodifiableSortedMap(new TreeMap<>(queries));
  }

  /** A type without queries of its own that stands by hot. */
  public WorkflowType(
      String name, int version, Class<I> inputClass, Class<O> resultClass, WorkflowCode<I, O> code) {
    this(name, version, inputClass, resultClass, code, Standby.HOT, new TreeMap<>());
  }

  /** Describes a workflow type that stands by hot. */
  public static <I, O extends @Nullable Object> WorkflowType<I, O> of(
      String name, int version, Class<I> inputClass, Class<O> resultClass, WorkflowCode<I, O> code) {
    return new WorkflowType<>(name, version, inputClass, resultClass, code);
  }

  /** The same with another way of standing by. */
  public WorkflowType<I, O> withStandby(Standby changed) {
    return new WorkflowType<>(name, version, inputClass, resultClass, code, changed, queries);
  }

  /**
   * The same, answering a query from the run's committed variables. (A variable's value needs no query: it can be asked
   * for by its own name.)
   */
  public <R extends @Nullable Object> WorkflowType<I, O> withQuery(
      String query, Class<R> result, QueryCode<Void, R> answer) {
    return withQuery(query, Void.class, result, answer);
  }

  /** Likewise, with an argument. */
  public <A extends @Nullable Object, R extends @Nullable Object> WorkflowType<I, O> withQuery(
      String query, Class<A> argument, Class<R> result, QueryCode<A, R> answer) {
    SortedMap<String, WorkflowQuery<?, ?>> more = new TreeMap<>(queries);
    if (more.put(query, new WorkflowQuery<>(query, argument, result, answer)) != null) {
      throw new ConfigurationException("workflow type " + name + " has a query " + query + " already");
    }
    return new WorkflowType<>(name, version, inputClass, resultClass, code, standby, more);
  }
}
