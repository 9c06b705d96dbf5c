package io.raftoral.workflow;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Entry methods of workflow classes, given as method references: {@code client.start(Checkout::run, "order-42", order)} is
 * checked by the compiler, arguments and result. A method reference that is serializable can be asked which method it
 * means; none is ever serialized, or called.
 */
public final class Entry {
  private Entry() {}

  /** Without parameters. */
  @FunctionalInterface
  public interface None<W, R extends @Nullable Object> extends Serializable {
    /** The entry method. */
    R run(W workflow) throws Exception;
  }

  /** With one. */
  @FunctionalInterface
  public interface One<W, A, R extends @Nullable Object> extends Serializable {
    /** The entry method. */
    R run(W workflow, A first) throws Exception;
  }

  /** With two. */
  @FunctionalInterface
  public interface Two<W, A, B, R extends @Nullable Object> extends Serializable {
    /** The entry method. */
    R run(W workflow, A first, B second) throws Exception;
  }

  /** With three. */
  @FunctionalInterface
  public interface Three<W, A, B, C, R extends @Nullable Object> extends Serializable {
    /** The entry method. */
    R run(W workflow, A first, B second, C third) throws Exception;
  }
}
