package io.raftoral.simulation.check;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The one true log of a group: what was ever committed, as hashes, terms and digests by index, with the
 * configurations that its membership changes lead to.
 */
final class CommittedLog {
  private long[] hash = new long[1024];
  private long[] term = new long[1024];
  private long[] digest = new long[1024];
  private long last;
  private final List<Long> configurationIndex = new ArrayList<>();
  private final List<ConfState> configurations = new ArrayList<>();

  CommittedLog(ConfState bootstrap) {
    hash[0] = 1;
    configurationIndex.add(0L);
    configurations.add(bootstrap);
  }

  long last() {
    return last;
  }

  long hash(long index) {
    return hash[(int) index];
  }

  long term(long index) {
    return term[(int) index];
  }

  /** The digest of the state after {@code index}, 0 if nobody has applied it. */
  long digest(long index) {
    return digest[(int) index];
  }

  void setDigest(long index, long value) {
    digest[(int) index] = value;
  }

  /** Adds what was committed next; a change of members leads to a new configuration. */
  void append(Entry entry, long prefixHash) {
    last++;
    if (entry instanceof Entry.Membership membership) {
      configurationIndex.add(last);
      configurations.add(ReferenceChanges.apply(newest(), membership.change()));
    }
    if (last == hash.length) {
      hash = Arrays.copyOf(hash, 2 * hash.length);
      term = Arrays.copyOf(term, 2 * term.length);
      digest = Arrays.copyOf(digest, 2 * digest.length);
    }
    hash[(int) last] = prefixHash;
    term[(int) last] = entry.term();
  }

  /** The last index whose term is below {@code bound}; terms never decrease along a log. */
  long lastBefore(long bound) {
    long low = 0;
    long high = last;
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (term[(int) middle] < bound) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  ConfState newest() {
    return configurations.getLast();
  }

  /** The number of the configuration that is in force once everything up to {@code index} is applied. */
  int configurationAt(long index) {
    int at = configurationIndex.size() - 1;
    while (configurationIndex.get(at) > index) {
      at--;
    }
    return at;
  }

  /** How many configurations there have been, the first one included. */
  int configurations() {
    return configurations.size();
  }

  /** A configuration by its number. */
  ConfState configuration(int number) {
    return configurations.get(number);
  }
}
