package io.raftoral.simulation.check;

import io.raftoral.raft.membership.ConfState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one true log of a group: what was ever committed, as hashes, terms and digests by index. */
final class CommittedLog {
  private long[] hash = new long[1024];
  private long[] term = new long[1024];
  private long[] digest = new long[1024];
  private long last;
  private final List<Long> configurationIndex = new ArrayList<>();
  private final List<ConfState> configurations = new ArrayList<>();
  private final List<Long> changes = new ArrayList<>();

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

  void append(long entryTerm, long prefixHash, boolean changesMembers) {
    last++;
    if (changesMembers) {
      changes.add(last);
    }
    if (last == hash.length) {
      hash = Arrays.copyOf(hash, 2 * hash.length);
      term = Arrays.copyOf(term, 2 * term.length);
      digest = Arrays.copyOf(digest, 2 * digest.length);
    }
    hash[(int) last] = prefixHash;
    term[(int) last] = entryTerm;
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

  /** The configuration that was recorded at this index, null if none was. */
  @Nullable ConfState configuration(long index) {
    int at = configurationIndex.indexOf(index);
    return at < 0 ? null : configurations.get(at);
  }

  /** Records a configuration, newer than all before. */
  void addConfiguration(long index, ConfState configuration) {
    configurationIndex.add(index);
    configurations.add(configuration);
  }

  /** Whether a change of the configuration up to {@code index} is committed that nobody has applied yet. */
  boolean configurationIsOpen(long index) {
    int applied = configurations.size() - 1;
    return applied < changes.size() && changes.get(applied) <= index;
  }

  ConfState newest() {
    return configurations.getLast();
  }

  /** The configurations that may be in force at a node which has applied at least {@code index}. */
  List<ConfState> inForceFrom(long index) {
    int from = 0;
    while (from + 1 < configurationIndex.size() && configurationIndex.get(from + 1) <= index) {
      from++;
    }
    return configurations.subList(from, configurations.size());
  }
}
