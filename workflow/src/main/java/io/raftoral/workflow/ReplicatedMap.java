package io.raftoral.workflow;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map in a workflow class whose every change is a checkpoint; its entries are in the order in which their keys were put
 * there first. Make it a final field, without {@code @Replicated}: {@code private final ReplicatedMap<String, Integer> stock
 * = new ReplicatedMap<>("stock");}.
 *
 * <p>A checkpoint holds the whole map, so it is for tens of entries, not thousands. Values must not be changed in place;
 * keys and values have to survive JSON. To be used on the workflow's own thread; outside a run it is an ordinary map.
 * Entries and iterators cannot change it.
 */
public final class ReplicatedMap<K, V> extends AbstractMap<K, V> {
  private final String name;
  private Map<K, V> entries = new LinkedHashMap<>();

  /**
   * An empty map.
   *
   * @param name what the variable is called in the journal; no other variable of the workflow has it
   */
  public ReplicatedMap(String name) {
    this.name = name;
  }

  @Override
  public @Nullable V get(Object key) {
    return entries.get(key);
  }

  @Override
  public boolean containsKey(Object key) {
    return entries.containsKey(key);
  }

  @Override
  public @Nullable V put(K key, V value) {
    Map<K, V> changed = new LinkedHashMap<>(entries);
    V before = changed.put(key, value);
    assign(changed);
    return before;
  }

  /** Puts all of them with one checkpoint. */
  @Override
  public void putAll(Map<? extends K, ? extends V> added) {
    if (!added.isEmpty()) {
      Map<K, V> changed = new LinkedHashMap<>(entries);
      changed.putAll(added);
      assign(changed);
    }
  }

  @Override
  public @Nullable V remove(Object key) {
    if (!entries.containsKey(key)) {
      return null;
    }
    Map<K, V> changed = new LinkedHashMap<>(entries);
    V before = changed.remove(key);
    assign(changed);
    return before;
  }

  /** Removes all with one checkpoint. */
  @Override
  public void clear() {
    if (!entries.isEmpty()) {
      assign(new LinkedHashMap<>());
    }
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    Set<Map.Entry<K, V>> present = Collections.unmodifiableMap(entries).entrySet();
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return present.iterator();
      }

      @Override
      public int size() {
        return present.size();
      }
    };
  }

  private void assign(Map<K, V> changed) {
    if (Workflow.isRunning()) {
      Workflow.context().<Map<K, V>>replicated(name, Map.class, entries).set(changed);
    }
    entries = changed;
  }
}
