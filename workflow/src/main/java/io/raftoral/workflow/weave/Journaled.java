package io.raftoral.workflow.weave;

import org.jspecify.annotations.Nullable;

/** Where a woven object's assignments go. */
public interface Journaled {
  /**
   * Makes a checkpoint of an assignment, before the field has the value.
   *
   * @param variable the name of the variable
   * @param type of the field, boxed
   * @param present the field's value until now
   * @param assigned the value that it gets when this returns
   */
  void assign(String variable, Class<?> type, @Nullable Object present, @Nullable Object assigned);
}
