package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** A setting that cannot work: a malformed address, an unknown peer, a port or directory in use. */
public final class ConfigurationException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
