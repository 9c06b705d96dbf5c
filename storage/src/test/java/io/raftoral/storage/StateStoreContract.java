package io.raftoral.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.storage.StateStore.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every state store does, whatever it stands on. */
public abstract class StateStoreContract {
  private Harness harness;
  private StateStore store;

  /** A store that can be closed, killed and opened again over what it left behind. */
  public interface Harness {
    /** Opens the store; the one before was closed or abandoned. */
    StateStore open();

    /** Kills it. */
    void abandon();
  }

  /** A harness for one test. */
  protected abstract Harness newHarness();

  @BeforeEach
  void openStore() {
    harness = newHarness();
    store = harness.open();
  }

  @AfterEach
  void closeStore() {
    harness.abandon();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private void put(String key, String value) {
    Batch batch = store.newBatch();
    batch.put(bytes(key), bytes(value));
    store.write(batch);
  }

  private @Nullable String get(String key) {
    byte[] value = store.get(bytes(key));
    return value == null ? null : new String(value, UTF_8);
  }

  private List<String> scan(String from, String to) {
    List<String> seen = new ArrayList<>();
    store.scan(bytes(from), bytes(to), (key, value) -> seen.add(new String(key, UTF_8)));
    return seen;
  }

  private List<String> scanBackwards(String from, String to) {
    List<String> seen = new ArrayList<>();
    store.scanBackwards(bytes(from), bytes(to), (key, value) -> seen.add(new String(key, UTF_8)));
    return seen;
  }

  @Nested
  class Writing {
    @Test
    void whatWasPutIsRead() {
      put("a", "1");
      assertThat(get("a")).isEqualTo("1");
      assertThat(get("b")).isNull();
      put("a", "");
      assertThat(get("a")).isEmpty();
    }

    @Test
    void nothingOfABatchIsSeenBeforeItIsWritten() {
      Batch batch = store.newBatch();
      batch.put(bytes("a"), bytes("1"));
      assertThat(get("a")).isNull();
      store.write(batch);
      assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void aBatchIsEmptyAfterwardsAndMayBeUsedAgain() {
      Batch batch = store.newBatch();
      batch.put(bytes("a"), bytes("1"));
      store.write(batch);
      put("a", "2");
      batch.put(bytes("b"), bytes("3"));
      store.write(batch);
      store.write(batch);
      assertThat(get("a")).isEqualTo("2");
      assertThat(get("b")).isEqualTo("3");
    }

    @Test
    void changesOfABatchTakeEffectInOrder() {
      put("a1", "old");
      put("b1", "old");
      Batch batch = store.newBatch();
      batch.put(bytes("a2"), bytes("gone"));
      batch.deleteRange(bytes("a"), bytes("b"));
      batch.put(bytes("a3"), bytes("new"));
      batch.put(bytes("b1"), bytes("new"));
      batch.delete(bytes("b1"));
      store.write(batch);
      assertThat(scan("a", "z")).containsExactly("a3");
    }

    @Test
    void deletingWhatIsNotThereDoesNothing() {
      Batch batch = store.newBatch();
      batch.delete(bytes("a"));
      batch.deleteRange(bytes("a"), bytes("z"));
      store.write(batch);
      assertThat(scan("a", "z")).isEmpty();
    }

    @Test
    void aRangeIsDeletedUpToItsEndExclusively() {
      for (String key : List.of("a", "b", "c", "d")) {
        put(key, "");
      }
      Batch batch = store.newBatch();
      batch.deleteRange(bytes("b"), bytes("d"));
      store.write(batch);
      assertThat(scan("a", "z")).containsExactly("a", "d");
    }

    @Test
    void theCallerMayChangeItsArraysAfterTheBatchIsWritten() {
      byte[] key = bytes("a");
      byte[] value = bytes("1");
      Batch batch = store.newBatch();
      batch.put(key, value);
      store.write(batch);
      key[0] = 'b';
      value[0] = '2';
      assertThat(get("a")).isEqualTo("1");
    }
  }

  @Nested
  class Walking {
    @Test
    void keysAreOrderedAsUnsignedBytes() {
      Batch batch = store.newBatch();
      for (int b : new int[] {0x80, 0x7f, 0xff, 0x00}) {
        batch.put(new byte[] {1, (byte) b}, new byte[0]);
      }
      store.write(batch);
      List<Integer> seen = new ArrayList<>();
      store.scan(new byte[] {1}, new byte[] {2}, (key, value) -> seen.add(key[1] & 0xff));
      assertThat(seen).containsExactly(0x00, 0x7f, 0x80, 0xff);
    }

    @Test
    void goesOverTheRangeBothWays() {
      for (String key : List.of("a", "b", "ba", "c", "d")) {
        put(key, "");
      }
      assertThat(scan("b", "d")).containsExactly("b", "ba", "c");
      assertThat(scanBackwards("b", "d")).containsExactly("c", "ba", "b");
      assertThat(scan("x", "z")).isEmpty();
      assertThat(scanBackwards("x", "z")).isEmpty();
      assertThat(scan("d", "b")).isEmpty();
    }

    @Test
    void stopsWhenTheVisitorHasEnough() {
      for (String key : List.of("a", "b", "c")) {
        put(key, "");
      }
      List<String> seen = new ArrayList<>();
      store.scan(bytes("a"), bytes("z"), (key, value) -> seen.add(new String(key, UTF_8)) && seen.size() < 2);
      assertThat(seen).containsExactly("a", "b");
      seen.clear();
      store.scanBackwards(bytes("a"), bytes("z"), (key, value) -> seen.add(new String(key, UTF_8)) && seen.size() < 2);
      assertThat(seen).containsExactly("c", "b");
    }

    @Test
    void seesTheStateAsItWasWhenTheWalkBegan() {
      for (String key : List.of("a", "b", "c")) {
        put(key, "old");
      }
      List<String> seen = new ArrayList<>();
      store.scan(
          bytes("a"),
          bytes("z"),
          (key, value) -> {
            seen.add(new String(key, UTF_8) + "=" + new String(value, UTF_8));
            put("c", "new");
            put("d", "new");
            return true;
          });
      assertThat(seen).containsExactly("a=old", "b=old", "c=old");
      assertThat(scan("a", "z")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void anExceptionOfTheVisitorReachesTheCaller() {
      put("a", "1");
      assertThatThrownBy(
              () ->
                  store.scan(
                      bytes("a"),
                      bytes("z"),
                      (key, value) -> {
                        throw new IllegalStateException("enough");
                      }))
          .hasMessage("enough");
    }
  }

  @Nested
  class Durability {
    @Test
    void whatWasFlushedSurvivesBeingKilled() {
      put("a", "1");
      store.flush();
      harness.abandon();
      store = harness.open();
      assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void closingFlushes() {
      put("a", "1");
      store.close();
      store.close();
      store = harness.open();
      assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void aKilledStoreAnswersNothing() {
      put("a", "1");
      harness.abandon();
      assertThatThrownBy(() -> get("a"))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.CLOSED));
      assertThatThrownBy(() -> put("b", "1")).isInstanceOf(StorageException.class);
      assertThatThrownBy(() -> scan("a", "z")).isInstanceOf(StorageException.class);
      assertThatThrownBy(store::flush).isInstanceOf(StorageException.class);
    }
  }

  @Test
  void behavesAsASortedMapDoes() {
    Random random = new Random(20260101);
    TreeMap<String, String> model = new TreeMap<>();
    for (int step = 0; step < 2_000; step++) {
      Batch batch = store.newBatch();
      for (int i = random.nextInt(4); i >= 0; i--) {
        String key = Integer.toString(random.nextInt(300), 36);
        String to = Integer.toString(random.nextInt(300), 36);
        switch (random.nextInt(8)) {
          case 0 -> {
            batch.delete(bytes(key));
            model.remove(key);
          }
          case 1 -> {
            if (key.compareTo(to) < 0) {
              batch.deleteRange(bytes(key), bytes(to));
              model.subMap(key, to).clear();
            }
          }
          default -> {
            batch.put(bytes(key), bytes("v" + step));
            model.put(key, "v" + step);
          }
        }
      }
      store.write(batch);
      if (step % 50 == 0) {
        String from = Integer.toString(random.nextInt(300), 36);
        assertThat(scan(from, "zz")).isEqualTo(List.copyOf(model.tailMap(from).keySet()));
        assertThat(scanBackwards("", from)).isEqualTo(List.copyOf(model.headMap(from, false).descendingKeySet()));
        assertThat(get(from)).isEqualTo(model.get(from));
      }
      if (step % 700 == 699) {
        store.flush();
        harness.abandon();
        store = harness.open();
      }
    }
    List<String> values = new ArrayList<>();
    store.scan(bytes(""), bytes("zz"), (key, value) -> values.add(new String(value, UTF_8)));
    assertThat(values).isEqualTo(List.copyOf(model.values()));
    assertThat(Arrays.asList(get("5"))).containsExactly(model.get("5"));
  }

  @Nested
  class HeldStill {
    private List<String> scan(StateStore.View view) {
      List<String> seen = new ArrayList<>();
      view.scan(
          bytes("a"), bytes("z"), (key, value) -> seen.add(new String(key, UTF_8) + "=" + new String(value, UTF_8)));
      return seen;
    }

    @Test
    void aViewDoesNotSeeWhatIsWrittenLater() {
      put("a", "1");
      put("b", "2");
      try (StateStore.View view = store.view()) {
        put("a", "changed");
        put("c", "3");
        Batch batch = store.newBatch();
        batch.deleteRange(bytes("b"), bytes("c"));
        store.write(batch);
        store.flush();
        assertThat(scan(view)).containsExactly("a=1", "b=2");
        assertThat(scan(view)).as("again").containsExactly("a=1", "b=2");
      }
      assertThat(StateStoreContract.this.scan("a", "z")).containsExactly("a", "c");
    }

    @Test
    void aViewSeesTheOldContentOfARangeThatWasReplaced() {
      put("a", "1");
      put("b", "2");
      store.flush();
      try (StateStore.View view = store.view()) {
        try (StateStore.Replacement replacement = store.replace(bytes("a"), bytes("m"))) {
          replacement.put(bytes("b"), bytes("new"));
          replacement.install();
        }
        assertThat(scan(view)).containsExactly("a=1", "b=2");
      }
    }

    @Test
    void aViewThatWasLeftOpenDoesNotKeepAStoreFromClosing() {
      put("a", "1");
      StateStore.View view = store.view();
      harness.abandon();
      assertThatThrownBy(() -> scan(view)).isInstanceOf(StorageException.class);
      view.close();
      store = harness.open();
    }
  }

  @Nested
  class Replacing {
    private StateStore.Replacement begin() {
      put("a", "outside");
      put("m1", "old");
      put("m2", "old");
      put("z", "outside");
      return store.replace(bytes("m"), bytes("n"));
    }

    @Test
    void nothingIsSeenBeforeItIsInstalledAndEverythingAfterwards() {
      try (StateStore.Replacement replacement = begin()) {
        replacement.put(bytes("m0"), bytes("new"));
        replacement.put(bytes("m2"), bytes("new"));
        assertThat(scan("a", "zz")).containsExactly("a", "m1", "m2", "z");
        replacement.install();
      }
      assertThat(scan("a", "zz")).containsExactly("a", "m0", "m2", "z");
      assertThat(get("m1")).isNull();
      assertThat(get("m2")).isEqualTo("new");
    }

    @Test
    void whatIsInstalledIsDurable() {
      try (StateStore.Replacement replacement = begin()) {
        replacement.put(bytes("m0"), bytes("new"));
        replacement.install();
      }
      harness.abandon();
      store = harness.open();
      assertThat(scan("m", "n")).containsExactly("m0");
      put("m1", "after");
      assertThat(scan("m", "n")).containsExactly("m0", "m1");
    }

    @Test
    void whatIsNotInstalledLeavesNoTrace() {
      StateStore.Replacement replacement = begin();
      replacement.put(bytes("m0"), bytes("new"));
      replacement.close();
      replacement.close();
      assertThat(scan("m", "n")).containsExactly("m1", "m2");
      store.flush();
      harness.abandon();
      store = harness.open();
      assertThat(scan("m", "n")).containsExactly("m1", "m2");
    }

    @Test
    void aRangeCanBeEmptiedAndReplacedAgain() {
      begin().install();
      assertThat(scan("a", "zz")).containsExactly("a", "z");
      try (StateStore.Replacement again = store.replace(bytes("m"), bytes("n"))) {
        again.put(bytes("m7"), bytes("again"));
        again.install();
      }
      assertThat(scan("a", "zz")).containsExactly("a", "m7", "z");
    }

    @Test
    void aNewReplacementVoidsTheOneBefore() {
      StateStore.Replacement first = begin();
      first.put(bytes("m5"), bytes("void"));
      try (StateStore.Replacement second = store.replace(bytes("m"), bytes("n"))) {
        second.put(bytes("m6"), bytes("new"));
        second.install();
      }
      assertThat(scan("m", "n")).containsExactly("m6");
    }

    @Test
    void keysMustAscendAndBelongToTheRange() {
      try (StateStore.Replacement replacement = begin()) {
        replacement.put(bytes("m5"), bytes("1"));
        assertThatThrownBy(() -> replacement.put(bytes("m5"), bytes("2"))).hasMessageContaining("come after");
        assertThatThrownBy(() -> replacement.put(bytes("m4"), bytes("2"))).hasMessageContaining("come after");
        assertThatThrownBy(() -> replacement.put(bytes("n"), bytes("2"))).hasMessageContaining("outside");
        assertThatThrownBy(() -> replacement.put(bytes("a"), bytes("2"))).hasMessageContaining("outside");
      }
    }
  }
}
