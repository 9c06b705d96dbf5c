package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.WorkflowType;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The workflow types that a node can run. */
public final class WorkflowTypes {
  private final NavigableMap<String, NavigableMap<Integer, WorkflowType<?, ?>>> types = new TreeMap<>();

  /**
   * Registers types.
   *
   * @throws ConfigurationException if one is there twice
   */
  public WorkflowTypes(List<WorkflowType<?, ?>> registered) {
    for (WorkflowType<?, ?> type : registered) {
      if (types.computeIfAbsent(type.name(), name -> new TreeMap<>()).put(type.version(), type) != null) {
        throw new ConfigurationException(
            "workflow type " + type.name() + " version " + type.version() + " is registered twice");
      }
    }
  }

  /** The type of this name and version, 0 for the newest; null if it is not registered. */
  public @Nullable WorkflowType<?, ?> find(String name, int version) {
    NavigableMap<Integer, WorkflowType<?, ?>> versions = types.get(name);
    if (versions == null) {
      return null;
    }
    return version == 0 ? versions.lastEntry().getValue() : versions.get(version);
  }

  /** The names, in order. */
  public List<String> names() {
    return List.copyOf(types.keySet());
  }
}
