package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.RefusedException;
import java.nio.charset.StandardCharsets;

/** What may be a workflow id. */
public final class WorkflowIds {
  /** How long it may be, in bytes of UTF-8. */
  public static final int MAX_BYTES = 256;

  private WorkflowIds() {}

  /**
   * Refuses an id that is empty, too long, or no text.
   *
   * @throws RefusedException with code {@code BAD_REQUEST}
   */
  public static void check(String id) {
    int bytes = id.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_BYTES) {
      throw refused("a workflow id has 1 to " + MAX_BYTES + " bytes of UTF-8, but this one has " + bytes);
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
      // It would be stored as another id, the one with a question mark in its place.
      throw refused("a workflow id is text, but \"" + id + "\" holds half of a surrogate pair");
    }
  }

  private static RefusedException refused(String message) {
    return new RefusedException(RefusedException.Code.BAD_REQUEST, message);
  }
}
