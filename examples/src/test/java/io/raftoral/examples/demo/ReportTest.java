package io.raftoral.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrderReceipt;
import io.raftoral.examples.orders.OrderStatus;
import io.raftoral.examples.text.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final Story story = new Story();

  @Test
  void aGoodRunEndsWithOk() {
    List<String> lines = report(100, false);

    assertThat(lines.getLast()).isEqualTo("demo: ok");
    assertThat(lines)
        .contains(
            "order  customer        case     outcome    expected   reserve  charge  release  ship",
            "A      Žofie Nováková  plain    shipped    shipped          1  1 of 2        -     1",
            "B      山田 太郎       refused  cancelled  cancelled        1       1        1     -",
            "charge-payment                   2         2           3         1",
            "n1         2  0.10 s  0.50 s  killed                  4",
            "failover        120 ms from the kill of n1 to the next committed checkpoint",
            "checkpoints     12 committed; 7 of them before the kill, none lost",
            "passive nodes   ran nothing");
    assertThat(String.join("", lines)).doesNotContain("\033");
  }

  @Test
  void aBadRunSaysWhatWentWrong() {
    story.ends.put("B", new OrderEnd.Trouble("no end in time"));
    story.statuses.set(2, Story.status("n3", 10, "ffff"));

    List<String> lines = report(100, false);

    assertThat(lines.getLast()).isEqualTo("demo: failed");
    assertThat(lines)
        .contains(
            "What went wrong:",
            "  - order B: no end in time",
            "  - the replicated states differ: n1 has abcd at index 10, n2 has abcd at index 10, n3 has ffff at index 10");
    assertThat(lines.get(1)).as("problems come first").startsWith("B ");
  }

  @Test
  void ofThousandsOfOrdersSomeAreListed() {
    thousand();

    assertThat(report(100, false)).contains("… and 942 more orders, all as expected (--all lists them)").hasSizeLessThan(100);
    assertThat(report(100, true)).hasSizeGreaterThan(1000);
  }

  @Test
  void ofThousandsOfProblemsSomeAreSpelledOut() {
    thousand();
    story.ends.clear();

    assertThat(report(100, false)).contains("  … and 982 more").hasSizeLessThan(130);
  }

  @Test
  void theTablesFitTheScreen() {
    for (int width : List.of(80, 120)) {
      assertThat(report(width, false)).filteredOn(line -> !line.startsWith("  -")).allMatch(line -> line.length() <= width);
    }
  }

  private void thousand() {
    for (int i = 0; i < 1000; i++) {
      String id = "C" + i;
      story.orders.add(new Order(id, "C", "Pen", 1, 1, 0, false, 0, null));
      story.ends.put(id, new OrderEnd.Receipt(new OrderReceipt(id, OrderStatus.SHIPPED, "P", "T", "")));
      story.call(id, "reserve-stock", id + "/1", "n2", 3, 700);
      story.call(id, "charge-payment", id + "/2", "n2", 3, 700);
      story.call(id, "ship-parcel", id + "/3", "n2", 3, 700);
    }
  }

  private List<String> report(int width, boolean all) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    Evidence evidence = story.evidence();
    new Report(new Screen(writer, writer, false, false, width), evidence, Verdict.of(evidence)).print(all);
    return out.toString().lines().toList();
  }
}
