package io.raftoral.simulation.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Whom a fault hits. Symbolic targets are looked up when the fault fires, so that a fault keeps its meaning when others
 * are taken out of the plan.
 *
 * @param kind how the node is found
 * @param node the node's number, from 1; 0 unless {@code kind} is {@link Kind#NODE}
 */
public record Target(Kind kind, int node) {
  /** Whoever leads in the newest term. */
  public static final Target LEADER = new Target(Kind.LEADER, 0);

  /** The follower that holds most of the log. */
  public static final Target LONGEST_LOG = new Target(Kind.LONGEST_LOG_FOLLOWER, 0);

  /** The follower that holds least of it. */
  public static final Target SHORTEST_LOG = new Target(Kind.SHORTEST_LOG_FOLLOWER, 0);

  /** How a node is found. */
  public enum Kind {
    LEADER,
    LONGEST_LOG_FOLLOWER,
    SHORTEST_LOG_FOLLOWER,
    NODE
  }

  /** Checks that a number goes with a kind that needs one. */
  public Target {
    if ((kind == Kind.NODE) != (node > 0)) {
      throw new IllegalArgumentException("target " + kind + " with node " + node);
    }
  }

  /** The node with this number. */
  public static Target node(int number) {
    return new Target(Kind.NODE, number);
  }

  /** Reads what {@link #toString()} writes: {@code leader}, {@code longest-log-follower}, …, {@code node-2}. */
  @JsonCreator
  public static Target parse(String text) {
    if (text.startsWith("node-")) {
      return node(Integer.parseInt(text.substring("node-".length())));
    }
    return new Target(Kind.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_')), 0);
  }

  @Override
  @JsonValue
  public String toString() {
    return kind == Kind.NODE ? "node-" + node : kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
