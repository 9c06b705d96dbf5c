package io.raftoral.examples.demo;

import java.util.List;

/** The demo cannot go on to its end. */
final class DemoFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  DemoFailedException(String message, List<String> problems) {
    super(problems.isEmpty() ? message : message + "; " + String.join("; ", problems));
  }
}
