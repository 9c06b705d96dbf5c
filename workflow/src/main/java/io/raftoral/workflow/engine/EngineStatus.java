package io.raftoral.workflow.engine;

/**
 * An engine at one moment.
 *
 * @param active whether workflows run actively here
 * @param term the newest term that the engine was told of
 * @param asleepRuns how many of the open runs sleep: no node needs a thread for them
 * @param awakeRuns how many runs have a replica in this node's memory
 * @param blockedRuns runs whose replica here cannot go on; {@code describe} says why
 * @param stuckRuns runs with a thread here that does not come out of the workflow's code
 * @param effectsInFlight side effects that run here at this moment
 */
public record EngineStatus(
    boolean active,
    long term,
    long appliedIndex,
    long durableIndex,
    long openRuns,
    long endedRuns,
    long asleepRuns,
    int awakeRuns,
    long blockedRuns,
    long stuckRuns,
    int effectsInFlight) {}
