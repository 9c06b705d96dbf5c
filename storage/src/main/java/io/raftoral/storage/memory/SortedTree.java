package io.raftoral.storage.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered map of byte arrays: every change makes a new one that shares what it did not touch. So an image of
 * a disk costs nothing, and a crash is going back to an older one.
 *
 * <p>A weight-balanced tree, after S. Adams, "Efficient sets: a balancing act" (1993), with the parameters that Hirai and
 * Yamamoto proved right ("Balancing weight-balanced trees", 2011). Cutting a range out is two splits and a join, in
 * logarithmic time. Null stands for the empty tree.
 */
final class SortedTree {
  /** How many times heavier than its sibling a subtree may be. */
  private static final int DELTA = 3;
  /** Decides between a single and a double rotation. */
  private static final int RATIO = 2;

  private final byte[] key;
  private final byte[] value;
  private final @Nullable SortedTree left;
  private final @Nullable SortedTree right;
  private final int size;

  private SortedTree(byte[] key, byte[] value, @Nullable SortedTree left, @Nullable SortedTree right) {
    this.key = key;
    this.value = value;
    this.left = left;
    this.right = right;
    this.size = 1 + size(left) + size(right);
  }

  /** Sees one key after the other. */
  interface Walker {
    /** Returns whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }

  static int size(@Nullable SortedTree tree) {
    return tree == null ? 0 : tree.size;
  }

  static byte @Nullable [] get(@Nullable SortedTree tree, byte[] key) {
    SortedTree at = tree;
    while (at != null) {
      int order = Arrays.compareUnsigned(key, at.key);
      if (order == 0) {
        return at.value;
      }
      at = order < 0 ? at.left : at.right;
    }
    return null;
  }

  static SortedTree put(@Nullable SortedTree tree, byte[] key, byte[] value) {
    if (tree == null) {
      return new SortedTree(key, value, null, null);
    }
    int order = Arrays.compareUnsigned(key, tree.key);
    if (order == 0) {
      return new SortedTree(key, value, tree.left, tree.right);
    }
    return order < 0
        ? balance(tree.key, tree.value, put(tree.left, key, value), tree.right)
        : balance(tree.key, tree.value, tree.left, put(tree.right, key, value));
  }

  static @Nullable SortedTree remove(@Nullable SortedTree tree, byte[] key) {
    if (get(tree, key) == null) {
      return tree;
    }
    byte[] next = Arrays.copyOf(key, key.length + 1);
    return removeRange(tree, key, next);
  }

  /** Without the keys in {@code [from, to)}. */
  static @Nullable SortedTree removeRange(@Nullable SortedTree tree, byte[] from, byte[] to) {
    if (Arrays.compareUnsigned(from, to) >= 0) {
      return tree;
    }
    return merge(below(tree, from), atOrAbove(tree, to));
  }

  /** Visits the keys in {@code [from, to)} upwards. Returns whether the walker wanted to go on. */
  static boolean walk(@Nullable SortedTree tree, byte[] from, byte[] to, Walker walker) {
    if (tree == null) {
      return true;
    }
    boolean reachesFrom = Arrays.compareUnsigned(tree.key, from) >= 0;
    boolean belowTo = Arrays.compareUnsigned(tree.key, to) < 0;
    return (!reachesFrom || walk(tree.left, from, to, walker))
        && (!reachesFrom || !belowTo || walker.visit(tree.key, tree.value))
        && (!belowTo || walk(tree.right, from, to, walker));
  }

  /** Visits the keys in {@code [from, to)} downwards. Returns whether the walker wanted to go on. */
  static boolean walkBackwards(@Nullable SortedTree tree, byte[] from, byte[] to, Walker walker) {
    if (tree == null) {
      return true;
    }
    boolean reachesFrom = Arrays.compareUnsigned(tree.key, from) >= 0;
    boolean belowTo = Arrays.compareUnsigned(tree.key, to) < 0;
    return (!belowTo || walkBackwards(tree.right, from, to, walker))
        && (!reachesFrom || !belowTo || walker.visit(tree.key, tree.value))
        && (!reachesFrom || walkBackwards(tree.left, from, to, walker));
  }

  private static @Nullable SortedTree below(@Nullable SortedTree tree, byte[] bound) {
    if (tree == null) {
      return null;
    }
    return Arrays.compareUnsigned(tree.key, bound) < 0
        ? join(tree.key, tree.value, tree.left, below(tree.right, bound))
        : below(tree.left, bound);
  }

  private static @Nullable SortedTree atOrAbove(@Nullable SortedTree tree, byte[] bound) {
    if (tree == null) {
      return null;
    }
    return Arrays.compareUnsigned(tree.key, bound) >= 0
        ? join(tree.key, tree.value, atOrAbove(tree.left, bound), tree.right)
        : atOrAbove(tree.right, bound);
  }

  /** All of {@code left}, then the key, then all of {@code right}, whatever their sizes. */
  private static SortedTree join(
      byte[] key, byte[] value, @Nullable SortedTree left, @Nullable SortedTree right) {
    if (left == null) {
      return putFirst(right, key, value);
    }
    if (right == null) {
      return putLast(left, key, value);
    }
    if (tooHeavy(left, right)) {
      return balance(left.key, left.value, left.left, join(key, value, left.right, right));
    }
    if (tooHeavy(right, left)) {
      return balance(right.key, right.value, join(key, value, left, right.left), right.right);
    }
    return new SortedTree(key, value, left, right);
  }

  private static SortedTree putFirst(@Nullable SortedTree tree, byte[] key, byte[] value) {
    return tree == null
        ? new SortedTree(key, value, null, null)
        : balance(tree.key, tree.value, putFirst(tree.left, key, value), tree.right);
  }

  private static SortedTree putLast(@Nullable SortedTree tree, byte[] key, byte[] value) {
    return tree == null
        ? new SortedTree(key, value, null, null)
        : balance(tree.key, tree.value, tree.left, putLast(tree.right, key, value));
  }

  private static @Nullable SortedTree merge(@Nullable SortedTree left, @Nullable SortedTree right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    SortedTree first = right;
    while (first.left != null) {
      first = first.left;
    }
    return join(first.key, first.value, left, withoutFirst(right));
  }

  private static @Nullable SortedTree withoutFirst(SortedTree tree) {
    return tree.left == null
        ? tree.right
        : balance(tree.key, tree.value, withoutFirst(tree.left), tree.right);
  }

  private static boolean tooHeavy(@Nullable SortedTree one, @Nullable SortedTree other) {
    return size(one) + 1 > DELTA * (size(other) + 1);
  }

  /** A node whose subtrees differ by one change from being balanced. */
  private static SortedTree balance(
      byte[] key, byte[] value, @Nullable SortedTree left, @Nullable SortedTree right) {
    if (right != null && tooHeavy(right, left)) {
      SortedTree inner = right.left;
      if (inner == null || size(inner) + 1 < RATIO * (size(right.right) + 1)) {
        return new SortedTree(right.key, right.value, new SortedTree(key, value, left, inner), right.right);
      }
      return new SortedTree(
          inner.key,
          inner.value,
          new SortedTree(key, value, left, inner.left),
          new SortedTree(right.key, right.value, inner.right, right.right));
    }
    if (left != null && tooHeavy(left, right)) {
      SortedTree inner = left.right;
      if (inner == null || size(inner) + 1 < RATIO * (size(left.left) + 1)) {
        return new SortedTree(left.key, left.value, left.left, new SortedTree(key, value, inner, right));
      }
      return new SortedTree(
          inner.key,
          inner.value,
          new SortedTree(left.key, left.value, left.left, inner.left),
          new SortedTree(key, value, inner.right, right));
    }
    return new SortedTree(key, value, left, right);
  }

  /** Whether every node is balanced and every key in order; for tests. */
  static boolean isSound(@Nullable SortedTree tree) {
    if (tree == null) {
      return true;
    }
    return !tooHeavy(tree.left, tree.right)
        && !tooHeavy(tree.right, tree.left)
        && (tree.left == null || Arrays.compareUnsigned(tree.left.key, tree.key) < 0)
        && (tree.right == null || Arrays.compareUnsigned(tree.key, tree.right.key) < 0)
        && isSound(tree.left)
        && isSound(tree.right);
  }
}
