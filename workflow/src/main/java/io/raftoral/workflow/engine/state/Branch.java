package io.raftoral.workflow.engine.state;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a branch within its run: which children were forked, at which position of their parents. The main branch
 * has the empty path. A path does not depend on how threads are scheduled.
 */
public record Branch(List<Fork> path) implements Comparable<Branch> {
  /** The branch in which a run begins. */
  public static final Branch MAIN = new Branch(List.of());

  /** How deep branches may nest. */
  public static final int MAX_DEPTH = 127;

  /**
   * One step of a path.
   *
   * @param position of the parent's journal at which the children were forked
   * @param child which of them, from 0
   */
  public record Fork(int position, int child) {}

  /** Copies the path. */
  public Branch {
    path = List.copyOf(path);
    if (path.size() > MAX_DEPTH) {
      throw new IllegalArgumentException("branches nest deeper than " + MAX_DEPTH);
    }
  }

  /** The branch that is forked in this one. */
  public Branch child(long position, int child) {
    List<Fork> longer = new ArrayList<>(path);
    longer.add(new Fork(Math.toIntExact(position), child));
    return new Branch(longer);
  }

  /** For people and keys: empty for the main branch, otherwise {@code position.child.} for each step. */
  public String label() {
    StringBuilder label = new StringBuilder();
    for (Fork fork : path) {
      label.append(fork.position()).append('.').append(fork.child()).append('.');
    }
    return label.toString();
  }

  /** The bytes by which commands and keys name the branch; none for the main one. */
  byte[] encoded() {
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * 2 * path.size());
    for (Fork fork : path) {
      buffer.putInt(fork.position()).putInt(fork.child());
    }
    return buffer.array();
  }

  /** The opposite of {@link #encoded}. */
  static Branch decode(byte[] encoded) {
    if (encoded.length == 0) {
      return MAIN;
    }
    if (encoded.length % (Integer.BYTES * 2) != 0) {
      throw new UnknownCommandException("a branch path of " + encoded.length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    List<Fork> path = new ArrayList<>();
    while (buffer.hasRemaining()) {
      path.add(new Fork(buffer.getInt(), buffer.getInt()));
    }
    return new Branch(path);
  }

  @Override
  public int compareTo(Branch other) {
    for (int i = 0; i < Math.min(path.size(), other.path.size()); i++) {
      Fork mine = path.get(i);
      Fork theirs = other.path.get(i);
      int order = Integer.compare(mine.position(), theirs.position());
      order = order != 0 ? order : Integer.compare(mine.child(), theirs.child());
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(path.size(), other.path.size());
  }
}
