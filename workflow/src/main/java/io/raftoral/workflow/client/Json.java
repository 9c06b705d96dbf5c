package io.raftoral.workflow.client;

import io.raftoral.workflow.PayloadException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Values as JSON. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static byte[] encode(@Nullable Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new PayloadException("cannot be written as JSON: " + e.getOriginalMessage(), e);
    }
  }

  static <T extends @Nullable Object> T decode(byte[] json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JacksonException e) {
      throw new PayloadException("is no JSON of a " + type.getName() + ": " + e.getOriginalMessage(), e);
    }
  }
}
