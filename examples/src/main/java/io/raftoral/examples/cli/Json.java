package io.raftoral.examples.cli;

import io.raftoral.examples.text.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON as the commands take and print it. */
final class Json {
  private Json() {}

  static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  static ArrayNode array() {
    return JsonMapper.shared().createArrayNode();
  }

  /** {@code node} in one line. */
  static String text(JsonNode node) {
    return JsonMapper.shared().writeValueAsString(node);
  }

  /** A payload of the cluster, to be put into an answer; a string if it is no JSON after all. */
  static JsonNode payload(String json) {
    try {
      return JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      return JsonMapper.shared().getNodeFactory().stringNode(json);
    }
  }

  /**
   * Checks that {@code json} is one JSON value.
   *
   * @throws UsageException if it is not
   */
  static void check(String what, String json) {
    try {
      if (JsonMapper.shared().readTree(json).isMissingNode()) {
        throw new UsageException(what + " is empty; it has to be JSON");
      }
    } catch (JacksonException e) {
      throw new UsageException(what + " is not valid JSON: " + JsonProblem.of(e));
    }
  }
}
