package io.raftoral.workflow;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A list in a workflow class whose every change is a checkpoint. Make it a final field, without {@code @Replicated}: {@code
 * private final ReplicatedList<Item> items = new ReplicatedList<>("items");}.
 *
 * <p>A checkpoint holds the whole list, so it is for lists of tens of elements, not thousands. Elements must not be changed
 * in place, and have to survive JSON. To be used on the workflow's own thread; outside a run it is an ordinary list.
 */
public final class ReplicatedList<E> extends AbstractList<E> {
  private final String name;
  private List<E> elements = List.of();

  /**
   * An empty list.
   *
   * @param name what the variable is called in the journal; no other variable of the workflow has it
   */
  public ReplicatedList(String name) {
    this.name = name;
  }

  @Override
  public E get(int index) {
    return elements.get(index);
  }

  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public void add(int index, E element) {
    List<E> changed = new ArrayList<>(elements);
    changed.add(index, element);
    assign(changed);
  }

  /** Adds all of them with one checkpoint. */
  @Override
  public boolean addAll(Collection<? extends E> added) {
    List<E> changed = new ArrayList<>(elements);
    boolean any = changed.addAll(added);
    if (any) {
      assign(changed);
    }
    return any;
  }

  @Override
  public E set(int index, E element) {
    List<E> changed = new ArrayList<>(elements);
    E before = changed.set(index, element);
    assign(changed);
    return before;
  }

  @Override
  public E remove(int index) {
    List<E> changed = new ArrayList<>(elements);
    E before = changed.remove(index);
    assign(changed);
    return before;
  }

  /** Removes all with one checkpoint. */
  @Override
  public void clear() {
    if (!elements.isEmpty()) {
      assign(List.of());
    }
  }

  private void assign(List<E> changed) {
    if (Workflow.isRunning()) {
      Workflow.context().<List<E>>replicated(name, List.class, elements).set(List.copyOf(changed));
    }
    if (changed.size() != elements.size()) {
      modCount++;
    }
    elements = List.copyOf(changed);
  }
}
