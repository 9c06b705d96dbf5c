package io.raftoral.workflow.engine.payload;

import io.raftoral.workflow.PayloadException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values as JSON, through Jackson: records, sealed types ({@link SealedTypes}), {@code java.time}, {@code Optional},
 * collections.
 *
 * <p>The same value gives the same bytes on every replica, because replicas compare them: properties and the keys of
 * maps are sorted, and so are the elements of sets, whose order differs from one JVM to the next.
 */
public final class Payloads {
  private final JsonMapper mapper =
      JsonMapper.builder()
          .annotationIntrospector(new SealedTypes())
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.ORDER_SET_ELEMENTS)
          .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
          .disable(
              SerializationFeature.FAIL_ON_ORDER_MAP_BY_INCOMPARABLE_KEY,
              SerializationFeature.FAIL_ON_ORDER_SET_BY_INCOMPARABLE_ELEMENT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  // Numbers keep their digits on the way through a tree.
  private final ObjectReader exactTrees = mapper.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final ObjectWriter writer = mapper.writer();
  private final ObjectWriter stableWriter =
      writer.with(
          SerializationFeature.FAIL_ON_ORDER_MAP_BY_INCOMPARABLE_KEY,
          SerializationFeature.FAIL_ON_ORDER_SET_BY_INCOMPARABLE_ELEMENT);

  // By class: making one costs more than using it. There are as many as workflows declare types.
  private final Map<Class<?>, ObjectWriter> writers = new ConcurrentHashMap<>();
  private final Map<Class<?>, ObjectWriter> stableWriters = new ConcurrentHashMap<>();
  private final Map<Class<?>, ObjectReader> readers = new ConcurrentHashMap<>();

  /**
   * The JSON of a value.
   *
   * @param what says in errors whose value it is
   * @throws PayloadException naming the type and, if it is known, the field
   */
  public byte[] encode(String what, Class<?> type, @Nullable Object value) {
    return encode(writer, writers, what, type, value);
  }

  /**
   * Likewise, for a value whose bytes replicas compare.
   *
   * @throws PayloadException also if it holds a set or map whose order cannot be made the same everywhere
   */
  public byte[] encodeStable(String what, Class<?> type, @Nullable Object value) {
    return encode(stableWriter, stableWriters, what, type, value);
  }

  private static byte[] encode(
      ObjectWriter writer,
      Map<Class<?>, ObjectWriter> byType,
      String what,
      Class<?> type,
      @Nullable Object value) {
    if (value instanceof Json json) {
      return json.bytes();
    }
    try {
      // The root's declared type decides whether a sealed type is named in the JSON, as it does when reading.
      ObjectWriter typed =
          value == null || type == Void.class ? writer : byType.computeIfAbsent(type, writer::forType);
      return typed.writeValueAsBytes(value);
    } catch (JacksonException failed) {
      throw new PayloadException(what + " cannot be written as JSON: " + explain(type, failed), failed);
    }
  }

  /**
   * The value of a JSON.
   *
   * @throws PayloadException naming the type and, if it is known, the field
   */
  public @Nullable Object decode(String what, Class<?> type, byte[] json) {
    try {
      if (type == Void.class) {
        return null;
      }
      if (type == Json.class) {
        return new Json(json);
      }
      return readers.computeIfAbsent(type, mapper::readerFor).readValue(json);
    } catch (JacksonException failed) {
      throw new PayloadException(what + " cannot be read from its JSON: " + explain(type, failed), failed);
    }
  }

  /**
   * The JSON of a value of a generic type, such as a list of records.
   *
   * @throws PayloadException naming the type and, if it is known, the field
   */
  public byte[] encodeTyped(String what, Type type, @Nullable Object value) {
    if (type instanceof Class<?> plain) {
      return encodeStable(what, plain, value);
    }
    try {
      return value == null
          ? stableWriter.writeValueAsBytes(null)
          : stableWriter.forType(mapper.constructType(type)).writeValueAsBytes(value);
    } catch (JacksonException failed) {
      throw new PayloadException(what + " cannot be written as JSON: " + explain(type, failed), failed);
    }
  }

  /** The value of a JSON of a generic type; otherwise like {@link #decode}. */
  public @Nullable Object decodeTyped(String what, Type type, byte[] json) {
    if (type instanceof Class<?> plain) {
      return decode(what, plain, json);
    }
    try {
      return mapper.readerFor(mapper.constructType(type)).readValue(json);
    } catch (JacksonException failed) {
      throw new PayloadException(what + " cannot be read from its JSON: " + explain(type, failed), failed);
    }
  }

  /**
   * The elements of a JSON array, each as JSON.
   *
   * @throws PayloadException if it is no array
   */
  public List<byte[]> elements(String what, byte[] json) {
    try {
      List<byte[]> elements = new ArrayList<>();
      JsonNode array = exactTrees.readTree(json);
      if (!array.isArray()) {
        throw new PayloadException(what + " has to be a JSON array with one element for each parameter");
      }
      for (JsonNode element : array) {
        elements.add(writer.writeValueAsBytes(element));
      }
      return elements;
    } catch (JacksonException failed) {
      throw new PayloadException(what + " cannot be read from its JSON: " + explain(JsonNode.class, failed), failed);
    }
  }

  /** JSON as text. */
  public static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static String explain(Type type, JacksonException failed) {
    String field =
        failed instanceof DatabindException bound && !bound.getPath().isEmpty()
            ? bound.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                .collect(Collectors.joining("."))
            : "";
    return type.getTypeName() + (field.isEmpty() ? "" : ", field " + field) + ": " + failed.getOriginalMessage();
  }
}
