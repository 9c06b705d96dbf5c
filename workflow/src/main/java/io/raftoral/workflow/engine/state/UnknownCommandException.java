package io.raftoral.workflow.engine.state;

/**
 * The log or the store holds something that this release does not know. The node must stop: skipping it would let
 * replicas drift apart. The way out is to run a release at least as new as the one that wrote it.
 */
public final class UnknownCommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownCommandException(String what) {
    super(what + " is not known to this release; run a release at least as new as the one that wrote it");
  }
}
