package io.raftoral.workflow.engine.payload;

import java.util.Arrays;

/**
 * A value that is JSON already: it is stored as it is, and read back as it was stored. For callers that know more about a
 * type than its class, such as the elements of a list.
 *
 * @param bytes UTF-8; owned by the record
 */
public record Json(byte[] bytes) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Json that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return Payloads.text(bytes);
  }
}
