package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * One node, as it sees itself.
 *
 * @param reachable whether it answered; if not, everything else but name and address is empty
 * @param role {@code leader}, {@code follower} or {@code candidate}
 * @param leader name of the leader it follows, null if it knows none
 * @param active whether its workflows run actively
 * @param stateDigest SHA-256 over the replicated state at {@code appliedIndex}, in hexadecimal: equal on all nodes at
 *     equal indexes
 * @param openRuns how many runs have not ended
 */
public record NodeStatus(
    String node,
    String address,
    boolean reachable,
    String role,
    long term,
    @Nullable String leader,
    boolean active,
    long commitIndex,
    long appliedIndex,
    long digestIndex,
    String stateDigest,
    long openRuns,
    long endedRuns) {}
