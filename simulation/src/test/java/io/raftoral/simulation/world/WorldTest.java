package io.raftoral.simulation.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorldTest {

  private static List<Integer> orderOfTies(long seed) {
    World world = new World(seed);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int number = i;
      world.at(5, World.NOBODY, EventKind.CLIENT, () -> order.add(number));
    }
    while (world.step(100)) {
      assertThat(world.nowNanos()).isEqualTo(5);
    }
    return order;
  }

  @Test
  void eventsRunInTheOrderOfTheirTimes() {
    World world = new World(1);
    List<Long> times = new ArrayList<>();
    for (long time : new long[] {30, 10, 20}) {
      world.at(time, World.NOBODY, EventKind.CLIENT, () -> times.add(world.nowNanos()));
    }
    while (world.step(25)) {
      assertThat(world.nowNanos()).isLessThan(25);
    }
    assertThat(times).containsExactly(10L, 20L);
    assertThat(world.nowNanos()).isEqualTo(25);
  }

  @Test
  void tiesAreDrawnFromTheSeed() {
    Set<List<Integer>> orders = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      orders.add(orderOfTies(seed));
      assertThat(orderOfTies(seed)).isEqualTo(orderOfTies(seed));
    }
    assertThat(orders.size()).isGreaterThan(15);
  }

  @Test
  void cancelledEventsDoNotHappen() {
    World world = new World(1);
    List<String> happened = new ArrayList<>();
    World.Event event = world.after(10, World.NOBODY, EventKind.CLIENT, () -> happened.add("cancelled"));
    world.after(20, World.NOBODY, EventKind.CLIENT, () -> happened.add("other"));
    event.cancel();
    assertThat(event.isPending()).isFalse();
    assertThat(world.step(100)).isTrue();
    assertThat(world.step(100)).isFalse();
    assertThat(happened).containsExactly("other");
  }

  @Test
  void hashTellsRunsApart() {
    World one = new World(1);
    World two = new World(1);
    one.after(10, 1, EventKind.TICK, () -> one.note(7));
    two.after(10, 1, EventKind.TICK, () -> two.note(8));
    assertThat(one.hash()).isEqualTo(two.hash());
    one.step(100);
    two.step(100);
    assertThat(one.hash()).isNotEqualTo(two.hash());
  }

  @Test
  void eventsInThePastAreRefused() {
    World world = new World(1);
    world.step(50);
    assertThatThrownBy(() -> world.at(49, 1, EventKind.TICK, () -> {})).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namedStreamsDoNotDependOnEachOther() {
    World world = new World(3);
    long expected = world.random("disk.1").nextLong();
    world.random("disk.2").nextLong();
    assertThat(world.random("disk.1").nextLong()).isEqualTo(expected);
    assertThat(world.random("disk.2").nextLong()).isNotEqualTo(expected);
    assertThat(new World(4).random("disk.1").nextLong()).isNotEqualTo(expected);
  }

  @Test
  void drawnNumbersStayInTheirRanges() {
    SimRandom random = new SimRandom(9);
    for (int i = 0; i < 10_000; i++) {
      assertThat(random.nextInt(7)).isBetween(0, 6);
      assertThat(random.between(-3, 3)).isBetween(-3L, 3L);
      assertThat(random.unit()).isBetween(0.0, 1.0);
      assertThat(random.exponential(100)).isBetween(0L, 2_000L);
    }
  }
}
