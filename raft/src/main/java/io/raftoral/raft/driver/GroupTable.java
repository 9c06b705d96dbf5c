package io.raftoral.raft.driver;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups of a node by id: written before the loop runs, then read by all threads, without boxing. */
final class GroupTable {
  private volatile GroupLoop[] sorted = {};

  void add(GroupLoop group) {
    List<GroupLoop> more = new ArrayList<>(List.of(sorted));
    if (group.id() <= 0 || find(group.id()) != null) {
      throw new IllegalArgumentException("group " + group.id() + " is open already, or not positive");
    }
    more.add(group);
    more.sort((a, b) -> Long.compare(a.id(), b.id()));
    sorted = more.toArray(new GroupLoop[0]);
  }

  GroupLoop[] all() {
    return sorted;
  }

  @Nullable GroupLoop find(long id) {
    GroupLoop[] groups = sorted;
    int from = 0;
    int to = groups.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (groups[middle].id() < id) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < groups.length && groups[from].id() == id ? groups[from] : null;
  }
}
