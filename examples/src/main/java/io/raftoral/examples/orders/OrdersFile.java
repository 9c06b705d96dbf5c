package io.raftoral.examples.orders;

import io.raftoral.examples.text.JsonProblem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a file of orders: a JSON array of objects with the fields of {@link Order}, of which {@code id}, {@code customer},
 * {@code item} and {@code amountCents} are required. It is read token by token, because a tree would not know any more
 * in which line a wrong value stands. The first problem ends it.
 */
public final class OrdersFile {
  /** The most orders that one file may hold. */
  public static final int MAX_ORDERS = 100_000;

  /** How much of a wrong value is quoted, in characters. */
  private static final int MAX_QUOTED = 40;

  private static final String FIELDS =
      "id, customer, item, quantity, amountCents, declines, refused, waitMs, expected";

  private final String name;
  private final JsonParser json;
  private final Map<String, Integer> lineOfId = new HashMap<>();

  private OrdersFile(String name, JsonParser json) {
    this.name = name;
    this.json = json;
  }

  /**
   * The orders of {@code file}, in its order, at least one.
   *
   * @throws OrdersFileException if the file is missing, is not JSON, has no orders, or one of them makes no sense
   */
  public static List<Order> read(Path file) throws OrdersFileException {
    if (Files.isDirectory(file)) {
      throw new OrdersFileException(file + ": is a directory, not a file of orders");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        JsonParser json = JsonMapper.shared().createParser(in)) {
      return new OrdersFile(file.toString(), json).orders();
    } catch (NoSuchFileException e) {
      throw new OrdersFileException(file + ": no such file");
    } catch (IOException e) {
      throw new OrdersFileException(file + ": cannot be read: " + e.getMessage());
    }
  }

  private List<Order> orders() throws OrdersFileException {
    try {
      JsonToken first = json.nextToken();
      if (first == null) {
        throw new OrdersFileException(name + ": is empty; expected a JSON array of orders");
      }
      if (first != JsonToken.START_ARRAY) {
        throw problem(json.currentTokenLocation(), "expected a JSON array of orders, but found " + describe(first));
      }
      List<Order> orders = new ArrayList<>();
      for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
        if (orders.size() == MAX_ORDERS) {
          throw problem(json.currentTokenLocation(), "more than " + MAX_ORDERS + " orders");
        }
        orders.add(order(orders.size() + 1, next));
      }
      JsonToken after = json.nextToken();
      if (after != null) {
        throw problem(json.currentTokenLocation(), "expected the end of the file, but found " + describe(after));
      }
      if (orders.isEmpty()) {
        throw new OrdersFileException(name + ": holds no orders, so there is nothing to show");
      }
      return orders;
    } catch (JacksonException e) {
      TokenStreamLocation location = e.getLocation() == null ? json.currentLocation() : e.getLocation();
      throw problem(location, "not valid JSON: " + JsonProblem.of(e));
    }
  }

  private Order order(int number, @Nullable JsonToken token) throws OrdersFileException {
    String which = "order " + number;
    TokenStreamLocation start = json.currentTokenLocation();
    if (token != JsonToken.START_OBJECT) {
      throw problem(start, which + ": expected an object, but found " + describe(token));
    }
    Fields fields = new Fields();
    Map<String, TokenStreamLocation> locations = new LinkedHashMap<>();
    for (JsonToken next = json.nextToken(); next != JsonToken.END_OBJECT; next = json.nextToken()) {
      if (next != JsonToken.PROPERTY_NAME) {
        throw problem(json.currentLocation(), which + ": the file ends in the middle of it");
      }
      String field = json.currentName();
      TokenStreamLocation fieldLocation = json.currentTokenLocation();
      JsonToken value = json.nextToken();
      if (locations.put(field, json.currentTokenLocation()) != null) {
        throw problem(fieldLocation, which + ": field \"" + field + "\" occurs twice");
      }
      fields.read(which, field, fieldLocation, value);
    }
    return checked(which, start, locations, fields);
  }

  private Order checked(
      String which, TokenStreamLocation start, Map<String, TokenStreamLocation> locations, Fields fields)
      throws OrdersFileException {
    for (String required : List.of("id", "customer", "item", "amountCents")) {
      if (!locations.containsKey(required)) {
        throw problem(start, which + ": field \"" + required + "\" is missing");
      }
    }
    Order order;
    try {
      order = fields.toOrder();
    } catch (IllegalArgumentException e) {
      String message = firstLine(String.valueOf(e.getMessage()));
      String field = message.substring(0, Math.max(0, message.indexOf(' ')));
      throw problem(locations.getOrDefault(field, start), which + ": " + message);
    }
    TokenStreamLocation idLocation = locations.getOrDefault("id", start);
    Integer before = lineOfId.putIfAbsent(order.id(), idLocation.getLineNr());
    if (before != null) {
      throw problem(idLocation, which + ": id \"" + order.id() + "\" was used already, in line " + before);
    }
    return order;
  }

  /** What was read of one order so far. */
  private final class Fields {
    private String id = "";
    private String customer = "";
    private String item = "";
    private int quantity = 1;
    private long amountCents;
    private int declines;
    private boolean refused;
    private long waitMs;
    private @Nullable OrderStatus expected;

    void read(String which, String field, TokenStreamLocation location, @Nullable JsonToken value)
        throws OrdersFileException {
      switch (field) {
        case "id" -> id = text(which, field, value);
        case "customer" -> customer = text(which, field, value);
        case "item" -> item = text(which, field, value);
        case "quantity" -> quantity = (int) number(which, field, value, Integer.MAX_VALUE);
        case "amountCents" -> amountCents = number(which, field, value, Long.MAX_VALUE);
        case "declines" -> declines = (int) number(which, field, value, Integer.MAX_VALUE);
        case "waitMs" -> waitMs = number(which, field, value, Long.MAX_VALUE);
        case "refused" -> {
          if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE) {
            throw wrongType(which, field, "true or false", value);
          }
          refused = value == JsonToken.VALUE_TRUE;
        }
        case "expected" -> expected = switch (text(which, field, value)) {
          case "shipped" -> OrderStatus.SHIPPED;
          case "cancelled" -> OrderStatus.CANCELLED;
          default -> throw wrongType(which, field, "\"shipped\" or \"cancelled\"", value);
        };
        default -> throw problem(location, which + ": unknown field \"" + field + "\"; there are " + FIELDS);
      }
    }

    Order toOrder() {
      return new Order(id, customer, item, quantity, amountCents, declines, refused, waitMs, expected);
    }
  }

  private String text(String which, String field, @Nullable JsonToken value) throws OrdersFileException {
    if (value != JsonToken.VALUE_STRING) {
      throw wrongType(which, field, "a string", value);
    }
    return json.getString();
  }

  private long number(String which, String field, @Nullable JsonToken value, long max) throws OrdersFileException {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(which, field, "a whole number", value);
    }
    boolean fits =
        switch (json.getNumberType()) {
          case INT -> true;
          case LONG -> Math.abs(json.getLongValue()) <= max;
          default -> false;
        };
    if (!fits) {
      throw problem(json.currentTokenLocation(), which + ": " + field + " is out of range: " + json.getString());
    }
    return json.getLongValue();
  }

  private OrdersFileException wrongType(String which, String field, String wanted, @Nullable JsonToken value) {
    return problem(
        json.currentTokenLocation(), which + ": " + field + " must be " + wanted + ", but is " + describe(value));
  }

  private String describe(@Nullable JsonToken token) {
    if (token == null) {
      return "the end of the file";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "the string \"" + shortened(json.getString()) + "\"";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shortened(json.getString());
      case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> json.getString();
      default -> token.toString();
    };
  }

  private OrdersFileException problem(TokenStreamLocation location, String what) {
    return new OrdersFileException(name + ":" + location.getLineNr() + ":" + location.getColumnNr() + ": " + what);
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "·");
    return line.codePointCount(0, line.length()) <= MAX_QUOTED
        ? line
        : line.substring(0, line.offsetByCodePoints(0, MAX_QUOTED)) + "…";
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
