package io.raftoral.examples.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.examples.text.Table.Cell;
import io.raftoral.examples.text.Table.Column;
import io.raftoral.examples.text.Table.Fit;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private final Table table =
      new Table(
          List.of(
              Column.text("order"),
              new Column("customer", Fit.OPTIONAL, false),
              new Column("what was bought", Fit.ELASTIC, false),
              Column.number("calls")));

  @Test
  void columnsAreAlignedByWhatTheTerminalShows() {
    row("A-1", "Žofie Nováková", "teapot", 1);
    row("A-22", "山田 太郎", "pen", 12);

    assertThat(table.render(100, false))
        .containsExactly(
            "order  customer        what was bought  calls",
            "A-1    Žofie Nováková  teapot               1",
            "A-22   山田 太郎       pen                 12");
  }

  @Test
  void optionalColumnsGoFirstWhenThereIsLittleRoom() {
    row("A-1", "Žofie Nováková", "a teapot with a very long name", 1);

    assertThat(table.render(40, false))
        .containsExactly("order  what was bought             calls", "A-1    a teapot with a very long…      1");
  }

  @Test
  void noLineIsWiderThanTheScreen() {
    row("A-1", "山".repeat(60), "太".repeat(60), 1);

    for (int width = 36; width < 160; width++) {
      int limit = width;
      assertThat(table.render(width, false)).allSatisfy(line -> assertThat(DisplayWidth.of(line)).isLessThanOrEqualTo(limit));
    }
  }

  @Test
  void coloursDoNotDisturbTheAlignment() {
    table.row(List.of(new Cell("A-1", Tone.BAD), Cell.of("x"), Cell.of("y"), new Cell("1", Tone.GOOD)));

    assertThat(table.render(100, true).getLast())
        .isEqualTo("\033[1;31mA-1\033[0m    x         y                    \033[32m1\033[0m");
  }

  @Test
  void controlCharactersInDataDoNotReachTheTerminal() {
    row("A\033[2J", "new\nline", "tab\t", 1);

    assertThat(String.join("", table.render(100, false))).doesNotContain("\033", "\n", "\t").contains("A·[2J");
  }

  @Test
  void aRowHasACellForEachColumn() {
    assertThatThrownBy(() -> table.row(List.of(Cell.of(1)))).hasMessage("1 cells for 4 columns");
  }

  private void row(String order, String customer, String bought, int calls) {
    table.row(List.of(Cell.of(order), Cell.of(customer), Cell.of(bought), Cell.of(calls)));
  }
}
