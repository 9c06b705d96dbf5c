package io.raftoral.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersFileTest {
  private static final String GOOD = "{\"id\": \"A\", \"customer\": \"B\", \"item\": \"C\", \"amountCents\": 1}";

  @TempDir private Path directory;

  @Test
  void whatMayBeLeftOutHasADefault() throws Exception {
    assertThat(read("[" + GOOD + "]")).containsExactly(new Order("A", "B", "C", 1, 1, 0, false, 0, null));
  }

  @Test
  void allFieldsAreRead() throws Exception {
    assertThat(
            read(
                """
                [{"expected": "cancelled", "waitMs": 7, "refused": true, "declines": 2, "amountCents": 30000000000,
                  "quantity": 3, "item": "Teapot \\u2615", "customer": "Žofie 🦊", "id": "山-1"}]
                """))
        .containsExactly(
            new Order("山-1", "Žofie 🦊", "Teapot ☕", 3, 30_000_000_000L, 2, true, 7, OrderStatus.CANCELLED));
  }

  @Test
  void theOrderOfTheFileIsKept() throws Exception {
    String many =
        IntStream.range(0, 5000).mapToObj(i -> GOOD.replace("\"A\"", "\"A" + i + "\"")).collect(Collectors.joining(","));

    List<Order> orders = read("[" + many + "]");

    assertThat(orders).hasSize(5000);
    assertThat(orders.get(4711).id()).isEqualTo("A4711");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          an object at the top      | {"orders": []}                      | :1:1: expected a JSON array of orders, but found an object
          a number at the top       | 7                                   | :1:1: expected a JSON array of orders, but found the number 7
          no orders                 | []                                  | : holds no orders, so there is nothing to show
          nothing                   | ``                                  | : is empty; expected a JSON array of orders
          an array in it            | [[]]                                | :1:2: order 1: expected an object, but found an array
          a missing field           | [{"id": "A"}]                       | :1:2: order 1: field "customer" is missing
          a negative amount         | [GOOD(1→-5)]                        | :1:59: order 1: amountCents must be 1 to 1000000000000, but is -5
          an amount of nothing      | [GOOD(1→0)]                         | :1:59: order 1: amountCents must be 1 to 1000000000000, but is 0
          a broken amount           | [GOOD(1→1.5)]                       | :1:59: order 1: amountCents must be a whole number, but is the number 1.5
          an amount as a string     | [GOOD(1→"1")]                       | :1:59: order 1: amountCents must be a whole number, but is the string "1"
          a huge amount             | [GOOD(1→99999999999999999999)]      | :1:59: order 1: amountCents is out of range: 99999999999999999999
          an id that is a number    | [GOOD("A"→17)]                      | :1:9: order 1: id must be a string, but is the number 17
          an empty id               | [GOOD("A"→" ")]                     | :1:9: order 1: id must not be empty
          a customer that is null   | [GOOD("B"→null)]                    | :1:26: order 1: customer must be a string, but is null
          an unknown field          | [GOOD(1→1, "colour": 1)]            | :1:62: order 1: unknown field "colour"; there are id, customer
          a field twice             | [GOOD(1→1, "id": "Z")]              | :1:62: order 1: field "id" occurs twice
          an id twice               | [GOOD, GOOD]                        | :1:70: order 2: id "A" was used already, in line 1
          a quantity beyond an int  | [GOOD(1→1, "quantity": 3000000000)] | :1:74: order 1: quantity is out of range: 3000000000
          a boolean as a string     | [GOOD(1→1, "refused": "yes")]       | :1:73: order 1: refused must be true or false, but is the string "yes"
          an impossible expectation | [GOOD(1→1, "expected": "paid")]     | :1:74: order 1: expected must be "shipped" or "cancelled", but is the string "paid"
          too many declines         | [GOOD(1→1, "declines": 11)]         | :1:74: order 1: declines must be 0 to 10, but is 11
          something after the end   | [GOOD] 1                            | :1:63: expected the end of the file, but found the number 1
          a comma too many          | [GOOD,]                             | not valid JSON
          an end too early          | [{"id": "A",                        | not valid JSON
          a string without end      | [{"id": "A                          | not valid JSON
          """)
  void whatIsWrongIsSaidInOneLineWithItsPosition(String name, String template, String complaint) throws IOException {
    Path file = file(template.isEmpty() ? "" : expand(template));

    assertThatThrownBy(() -> OrdersFile.read(file))
        .isInstanceOf(OrdersFileException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(complaint)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("[Source"));
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() throws IOException {
    Path file = directory.resolve("orders.json");
    Files.write(file, "[{\"id\": \"\u00e9\"}]".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> OrdersFile.read(file)).hasMessageContaining(":1:").hasMessageContaining("not valid JSON");
  }

  @Test
  void aMissingFileAndADirectoryAreRefused() {
    assertThatThrownBy(() -> OrdersFile.read(directory.resolve("absent.json")))
        .hasMessage(directory.resolve("absent.json") + ": no such file");
    assertThatThrownBy(() -> OrdersFile.read(directory)).hasMessageEndingWith("is a directory, not a file of orders");
  }

  @Test
  void theFileOfTheRepositoryTellsAllStories() throws Exception {
    List<Order> orders = OrdersFile.read(Path.of(System.getProperty("raftoral.root"), "examples", "orders.json"));

    assertThat(orders).hasSizeGreaterThanOrEqualTo(30);
    assertThat(orders).filteredOn(order -> order.declines() == 2 && !order.refused()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(orders).filteredOn(Order::refused).hasSizeGreaterThanOrEqualTo(3);
    assertThat(orders).filteredOn(order -> order.waitMs() > 0).hasSizeGreaterThanOrEqualTo(3);
    assertThat(orders).anyMatch(order -> !StandardCharsets.US_ASCII.newEncoder().canEncode(order.customer()));
  }

  private List<Order> read(String json) throws Exception {
    return OrdersFile.read(file(json));
  }

  private Path file(String json) throws IOException {
    return Files.writeString(directory.resolve("orders.json"), json);
  }

  /** GOOD is a correct order; GOOD(x→y) is one with its last x replaced by y. */
  private static String expand(String template) {
    int from = template.indexOf("GOOD(");
    if (from < 0) {
      return template.replace("GOOD", GOOD);
    }
    int to = template.lastIndexOf(')');
    String[] change = template.substring(from + 5, to).split("→", 2);
    int at = GOOD.lastIndexOf(change[0]);
    String changed = GOOD.substring(0, at) + change[1] + GOOD.substring(at + change[0].length());
    return template.substring(0, from) + changed + template.substring(to + 1);
  }
}
