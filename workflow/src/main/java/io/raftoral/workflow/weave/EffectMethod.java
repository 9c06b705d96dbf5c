package io.raftoral.workflow.weave;

/**
 * Tells the body of a side effect, which keeps the method's name, from the method that runs it: the body has one more
 * parameter of this type. Has no instances; null is passed.
 */
public final class EffectMethod {
  private EffectMethod() {}
}
