package io.raftoral.transport;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What was logged during a test: SLF4J's simple provider writes to the standard error stream of the moment. */
final class CapturedLog implements BeforeEachCallback, AfterEachCallback {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private PrintStream original = System.err;

  @Override
  public void beforeEach(ExtensionContext context) {
    original = System.err;
    bytes.reset();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.setErr(original);
    original.print(text());
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
