package io.raftoral.workflow.node;

import io.raftoral.raft.Status;
import io.raftoral.raft.driver.DriverStats;
import io.raftoral.storage.log.LogStats;
import io.raftoral.transport.TransportStats;
import io.raftoral.workflow.engine.EngineStatus;

/**
 * What all layers of a node have counted, taken at about the same time.
 *
 * @param raft the group as the loop sees it
 * @param logBytes what the log takes on disk and in memory
 * @param stateBytes what the state takes on disk and in memory
 */
public record Measurements(
    String cluster,
    String node,
    Status raft,
    DriverStats driver,
    LogStats log,
    long logBytes,
    long stateBytes,
    TransportStats transport,
    EngineStatus engine) {}
