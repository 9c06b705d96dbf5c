package io.raftoral.workflow.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/** What a woven class does with a member of another class that it may not reach itself. */
enum Access {
  GET,
  SET,
  GET_STATIC,
  SET_STATIC,
  CALL,
  CALL_STATIC,
  CONSTRUCT;

  /** The handle that does it. */
  MethodHandle find(Lookup inside, Class<?> owner, String member, String descriptor, ClassLoader loader)
      throws ReflectiveOperationException {
    return switch (this) {
      case GET -> inside.findGetter(owner, member, field(descriptor, loader));
      case SET -> inside.findSetter(owner, member, field(descriptor, loader));
      case GET_STATIC -> inside.findStaticGetter(owner, member, field(descriptor, loader));
      case SET_STATIC -> inside.findStaticSetter(owner, member, field(descriptor, loader));
      case CALL -> inside.findVirtual(owner, member, MethodType.fromMethodDescriptorString(descriptor, loader));
      case CALL_STATIC -> inside.findStatic(owner, member, MethodType.fromMethodDescriptorString(descriptor, loader));
      case CONSTRUCT -> inside.findConstructor(owner, MethodType.fromMethodDescriptorString(descriptor, loader));
    };
  }

  private static Class<?> field(String descriptor, ClassLoader loader) {
    return MethodType.fromMethodDescriptorString("()" + descriptor, loader).returnType();
  }
}
