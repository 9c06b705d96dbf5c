package io.raftoral.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SortedTreeTest {
  private static byte[] key(int i) {
    return ByteBuffer.allocate(4).putInt(i).array();
  }

  private static List<Integer> keys(@Nullable SortedTree tree, int from, int to) {
    List<Integer> keys = new ArrayList<>();
    SortedTree.walk(tree, key(from), key(to), (key, value) -> keys.add(ByteBuffer.wrap(key).getInt()));
    return keys;
  }

  @Test
  void isATreeMapAndStaysBalanced() {
    Random random = new Random(42);
    TreeMap<Integer, byte[]> model = new TreeMap<>();
    SortedTree tree = null;
    for (int step = 0; step < 20_000; step++) {
      int a = random.nextInt(2_000);
      int b = random.nextInt(2_000);
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          tree = SortedTree.remove(tree, key(a));
          model.remove(a);
        }
        case 3 -> {
          if (random.nextInt(20) == 0) {
            tree = SortedTree.removeRange(tree, key(a), key(b));
            model.keySet().removeIf(k -> k >= a && k < b);
          }
        }
        default -> {
          byte[] value = key(step);
          tree = SortedTree.put(tree, key(a), value);
          model.put(a, value);
        }
      }
      assertThat(SortedTree.size(tree)).isEqualTo(model.size());
      if (step % 500 == 0) {
        assertThat(SortedTree.isSound(tree)).isTrue();
        assertThat(keys(tree, a, Math.max(a, b))).isEqualTo(List.copyOf(model.subMap(a, Math.max(a, b)).keySet()));
        assertThat(SortedTree.get(tree, key(a))).isEqualTo(model.get(a));
      }
    }
    assertThat(SortedTree.isSound(tree)).isTrue();
  }

  @Test
  void anOlderTreeIsNotTouchedByChanges() {
    SortedTree tree = null;
    for (int i = 0; i < 100; i++) {
      tree = SortedTree.put(tree, key(i), key(i));
    }
    SortedTree changed = SortedTree.removeRange(tree, key(10), key(90));
    assertThat(SortedTree.size(tree)).isEqualTo(100);
    assertThat(SortedTree.size(changed)).isEqualTo(20);
    assertThat(keys(tree, 0, 100)).hasSize(100);
  }
}
