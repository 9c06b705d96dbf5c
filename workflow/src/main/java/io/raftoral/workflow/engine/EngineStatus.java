package io.raftoral.workflow.engine;

/**
 * An engine at one moment.
 *
 * @param active whether workflows run actively here
 * @param term the newest term that the engine was told of
 * @param blockedRuns runs whose replica here cannot go on; {@code describe} says why
 * @param effectsInFlight side effects that run here at this moment
 */
public record EngineStatus(
    boolean active,
    long term,
    long appliedIndex,
    long durableIndex,
    long openRuns,
    long endedRuns,
    long blockedRuns,
    int effectsInFlight) {}
