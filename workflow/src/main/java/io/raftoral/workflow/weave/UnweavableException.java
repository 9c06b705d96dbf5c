package io.raftoral.workflow.weave;

/** A class that the weaver cannot do, with what to do instead. Becomes a configuration error on the way out. */
final class UnweavableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnweavableException(String message) {
    super(message);
  }
}
