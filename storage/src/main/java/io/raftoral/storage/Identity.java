package io.raftoral.storage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whom a data directory belongs to. Written once, when the directory is first used, and never changed: a disk that is
 * mounted in the wrong place must not be taken for a node's memory of its votes.
 *
 * @param cluster the cluster's name; not blank
 * @param node this node's name, as in {@code n1}; not blank
 * @param nodeId this node's number in Raft; positive
 * @param initialMembers names and numbers of the members with which the cluster was founded; contains this node unless
 *     it joined later
 */
public record Identity(String cluster, String node, long nodeId, SortedMap<String, Long> initialMembers) {

  /** The longest name, in characters: names travel in every handshake and stand in every log line. */
  public static final int MAX_NAME_LENGTH = 200;

  /** Checks the names and copies the members. */
  public Identity {
    requireName("cluster", cluster);
    requireName("node", node);
    requirePositive(node, nodeId);
    SortedMap<String, Long> members = new TreeMap<>();
    for (var member : initialMembers.entrySet()) {
      requireName("member", member.getKey());
      requirePositive(member.getKey(), member.getValue());
      members.put(member.getKey(), member.getValue());
    }
    Long listed = members.get(node);
    if (listed != null && listed != nodeId) {
      throw new IllegalArgumentException(
          "node '" + node + "' has number " + nodeId + " but is listed among the members with number " + listed);
    }
    initialMembers = Collections.unmodifiableSortedMap(members);
  }

  private static void requireName(String what, String name) {
    if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException(
          what + " name '" + name + "' must have 1 to " + MAX_NAME_LENGTH + " printable characters");
    }
  }

  private static void requirePositive(String name, long id) {
    if (id <= 0) {
      throw new IllegalArgumentException("number of node '" + name + "' must be positive, not " + id);
    }
  }
}
