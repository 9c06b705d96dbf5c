package io.raftoral.simulation.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Plans as JSON text. A field that is not known is an error: a plan that is only half understood replays something else. */
public final class PlanJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private PlanJson() {}

  /** The plan as text. */
  public static String write(SimPlan plan) {
    return MAPPER.writeValueAsString(plan) + "\n";
  }

  /**
   * The plan that {@code text} describes.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static SimPlan read(String text) {
    try {
      return MAPPER.readValue(text, SimPlan.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a simulation plan: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Reads a plan file.
   *
   * @throws IllegalArgumentException if it holds no plan
   * @throws UncheckedIOException if it cannot be read
   */
  public static SimPlan read(Path file) {
    try {
      return read(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read plan " + file + ": " + e.getMessage(), e);
    }
  }

  /** Writes a plan file. */
  public static void write(Path file, SimPlan plan) {
    try {
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(file, write(plan));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write plan " + file + ": " + e.getMessage(), e);
    }
  }
}
