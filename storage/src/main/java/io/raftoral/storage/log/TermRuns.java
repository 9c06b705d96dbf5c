package io.raftoral.storage.log;

import java.util.Arrays;

/**
 * The terms of all entries of a log: one pair (first index, term) for each run of entries of one term. Terms change only
 * with leaders, so that a log of millions of entries has a handful of runs, and the term of any entry is known without
 * reading it.
 */
final class TermRuns {
  private long[] firstIndexes = new long[8];
  private long[] terms = new long[8];
  private int size;

  /** Adds the entry at {@code index}, which follows the last one added. */
  void append(long index, long term) {
    if (size > 0 && terms[size - 1] == term) {
      return;
    }
    if (size == terms.length) {
      firstIndexes = Arrays.copyOf(firstIndexes, 2 * size);
      terms = Arrays.copyOf(terms, 2 * size);
    }
    firstIndexes[size] = index;
    terms[size] = term;
    size++;
  }

  /** Forgets the entries at {@code index} and after it. */
  void truncateFrom(long index) {
    while (size > 0 && firstIndexes[size - 1] >= index) {
      size--;
    }
  }

  /** Forgets runs that lie wholly below {@code index}. */
  void dropBelow(long index) {
    int run = runOf(index);
    if (run > 0) {
      System.arraycopy(firstIndexes, run, firstIndexes, 0, size - run);
      System.arraycopy(terms, run, terms, 0, size - run);
      size -= run;
    }
  }

  /** The term of the entry at {@code index}, which must be one of those added. */
  long term(long index) {
    return terms[runOf(index)];
  }

  int size() {
    return size;
  }

  private int runOf(long index) {
    int found = Arrays.binarySearch(firstIndexes, 0, size, index);
    return found >= 0 ? found : -found - 2;
  }
}
