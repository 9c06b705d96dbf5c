package io.raftoral.workflow.lint;

/**
 * What the scan knows of a value on the stack or in a variable.
 *
 * @param wide whether it is a long or a double, which instructions of the stack count twice
 * @param detail depends on the kind: where an unordered value comes from, a static field's name, a text
 */
record Value(Kind kind, boolean wide, String detail) {
  /** Kinds of values. */
  enum Kind {
    /** Nothing is known. */
    ANY,
    /** An object of the application's own class that the detail names. */
    TYPED,
    /** A collection, map or stream without an order. */
    UNORDERED,
    /** A collection that is known to have an order, whatever the type of its variable. */
    ORDERED,
    /** A collector whose result does not depend on the order; its result has no order. */
    COLLECTS_UNORDERED,
    /** A collector whose result does not depend on the order. */
    COLLECTS_SAFELY,
    /** What a static field holds. */
    STATIC,
    /** An array. */
    ARRAY,
    /** A new java.lang.Object. */
    BARE_OBJECT,
    /** A text that is known. */
    TEXT,
    /** A lambda or method reference; the detail is what it calls. */
    LAMBDA,
    /** The result of a call that breaks the rule which the detail begins with; only static fields keep it. */
    TAINTED
  }

  static final Value ANY = new Value(Kind.ANY, false, "");

  /** A new object whose constructor has not been called. */
  static final Value FRESH = new Value(Kind.ANY, false, "new");

  static final Value WIDE = new Value(Kind.ANY, true, "");

  static Value of(Kind kind, String detail) {
    return new Value(kind, false, detail);
  }

  /** Whether nothing is known of it that matters for the order of things. */
  boolean isPlain() {
    return kind == Kind.ANY || kind == Kind.TYPED;
  }

  /** Whether a static field holds it. */
  boolean isStatic() {
    return kind == Kind.STATIC || kind == Kind.UNORDERED && detail.startsWith("static field ");
  }

  boolean is(Kind other) {
    return kind == other;
  }

  /** What is known where two ways meet: the more suspicious of the two. */
  Value join(Value other) {
    if (kind == Kind.UNORDERED || kind == Kind.STATIC || kind == Kind.TAINTED) {
      return this;
    }
    return other.kind == Kind.ANY && kind != Kind.ORDERED ? this : other;
  }
}
