package io.raftoral.simulation.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whether the driver keeps its word about proposals: one that was refused is never applied, and one that was appended is
 * applied where it was said to be, if what was appended there is applied at all.
 */
public final class ProposalChecks {
  private record Place(long group, long index) {}

  private record Promise(long group, long index, long term) {}

  private final ClusterChecks checks;
  private final Map<Long, Promise> appended = new HashMap<>();
  private final Set<Long> refused = new HashSet<>();
  private final Map<Long, Place> applied = new HashMap<>();

  ProposalChecks(ClusterChecks checks) {
    this.checks = checks;
  }

  /** A node says that it has appended a proposal, which is known by a number of its own. */
  public void appended(int node, long proposal, long group, long term, long index) {
    appended.put(proposal, new Promise(group, index, term));
    Place place = applied.get(proposal);
    if (place != null && (place.group() != group || place.index() != index)) {
      violated(node, proposal, "at index " + index + " of group " + group, "" + place);
    }
  }

  /** A node says that nothing came of a proposal. */
  public void refused(int node, long proposal) {
    refused.add(proposal);
    if (applied.containsKey(proposal)) {
      violated(node, proposal, "nowhere, for it was refused", "" + applied.get(proposal));
    }
  }

  /** A node applied a proposal. */
  public void applied(int node, long proposal, long group, long term, long index) {
    Place place = new Place(group, index);
    Place before = applied.putIfAbsent(proposal, place);
    if (before != null && !before.equals(place)) {
      violated(node, proposal, "once, at " + before, "also at " + place);
    }
    if (before == null) {
      Promise promise = appended.get(proposal);
      if (promise != null && !promise.equals(new Promise(group, index, term))) {
        violated(node, proposal, "" + promise, place + " of term " + term);
      }
      if (refused.contains(proposal)) {
        violated(node, proposal, "nowhere, for it was refused", "" + place);
      }
    }
  }

  private void violated(int node, long proposal, String expected, String actual) {
    checks.violated(Invariant.PROPOSALS, node, "proposal " + proposal + " to be applied " + expected, actual);
  }
}
