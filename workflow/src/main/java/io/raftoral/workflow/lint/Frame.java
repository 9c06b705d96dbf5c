package io.raftoral.workflow.lint;

import io.raftoral.workflow.lint.Value.Kind;
import java.util.ArrayList;
import java.util.List;

/** Stack and local variables at one place of a method. */
final class Frame {
  private final List<Value> stack = new ArrayList<>();
  private final List<Value> locals = new ArrayList<>();

  /** The local variables from which the values on the stack were loaded, or -1. */
  private final List<Integer> origins = new ArrayList<>();

  Frame copy() {
    Frame copy = new Frame();
    copy.stack.addAll(stack);
    copy.locals.addAll(locals);
    copy.origins.addAll(origins);
    return copy;
  }

  /** The same variables, and one value on the stack: what an exception handler begins with. */
  Frame handler() {
    Frame handler = new Frame();
    handler.locals.addAll(locals);
    handler.push(Value.ANY);
    return handler;
  }

  void push(Value value) {
    push(value, -1);
  }

  void push(Value value, int origin) {
    stack.add(value);
    origins.add(origin);
  }

  Value pop() {
    if (stack.isEmpty()) {
      return Value.ANY;
    }
    origins.removeLast();
    return stack.removeLast();
  }

  void pop(int count) {
    for (int i = 0; i < count; i++) {
      pop();
    }
  }

  Value peek() {
    return stack.isEmpty() ? Value.ANY : stack.getLast();
  }

  /** The variable from which the value {@code depth} below the top was loaded, or -1. */
  int origin(int depth) {
    int at = origins.size() - 1 - depth;
    return at < 0 || depth < 0 ? -1 : origins.get(at);
  }

  Value local(int slot) {
    return slot < locals.size() ? locals.get(slot) : Value.ANY;
  }

  void local(int slot, Value value) {
    while (locals.size() <= slot) {
      locals.add(Value.ANY);
    }
    locals.set(slot, value);
  }

  /** Another way that leads here: variables are what either has in them. */
  void join(Frame other) {
    for (int i = 0; i < Math.min(locals.size(), other.locals.size()); i++) {
      locals.set(i, locals.get(i).join(other.locals.get(i)));
    }
    for (int i = 0; i < Math.min(stack.size(), other.stack.size()); i++) {
      stack.set(i, stack.get(i).join(other.stack.get(i)));
    }
  }

  /** The stack instructions, JVMS 6.5: a wide value counts as two. */
  void dup(int size, int below) {
    List<Value> moved = take(size);
    List<Value> under = take(below);
    moved.forEach(this::push);
    under.forEach(this::push);
    moved.forEach(this::push);
  }

  void swap() {
    Value top = pop();
    Value next = pop();
    push(top);
    push(next);
  }

  void drop(int size) {
    take(size);
  }

  private List<Value> take(int size) {
    List<Value> taken = new ArrayList<>();
    for (int left = size; left > 0; ) {
      Value value = pop();
      taken.addFirst(value);
      left -= value.wide() ? 2 : 1;
    }
    return taken;
  }

  /** Something was sorted in place: the variable that holds it has an order now. */
  void sorted(int origin) {
    if (origin >= 0) {
      local(origin, Value.of(Kind.ORDERED, ""));
    }
  }
}
