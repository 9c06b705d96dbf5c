package io.raftoral.workflow;

import java.util.List;

/** All nodes of a cluster, sorted by name. */
public record ClusterStatus(String cluster, List<NodeStatus> nodes) {}
