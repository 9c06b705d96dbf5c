package io.raftoral.simulation.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;
import java.util.List;

/**
 * Everything that determines a run. The same plan gives the same run, bit for bit, on every machine.
 *
 * @param format version of this format
 * @param seed of all randomness that the plan does not spell out
 * @param profile what the plan was drawn from
 * @param nodes how many nodes vote at the beginning
 * @param spares how many nodes stand by to be added later
 * @param knobs configuration and surroundings
 * @param workload what clients do
 * @param faults sorted by time
 * @param faultMs how long faults and clients go on
 * @param healMs how long the healed cluster then has to recover
 */
public record SimPlan(
    int format,
    long seed,
    Profile profile,
    int nodes,
    int spares,
    Knobs knobs,
    Workload workload,
    List<Fault> faults,
    long faultMs,
    long healMs) {

  /** The version of the format that this code reads. */
  public static final int FORMAT = 1;

  /** As many nodes as the checks are written for. */
  public static final int MAX_NODES = 9;

  /** Checks ranges, sorts the faults. */
  public SimPlan {
    if (format != FORMAT) {
      throw new IllegalArgumentException("plan format " + format + " is not known; this simulator reads format " + FORMAT);
    }
    if (nodes < 1 || spares < 0 || nodes + spares > MAX_NODES) {
      throw new IllegalArgumentException("a plan has 1 to " + MAX_NODES + " nodes, but this one " + nodes + "+" + spares);
    }
    if (faultMs < 0 || healMs < 0) {
      throw new IllegalArgumentException("negative times in a plan: " + faultMs + ", " + healMs);
    }
    faults = faults.stream().sorted(Comparator.comparingLong(Fault::atMs)).toList();
  }

  /** A run without faults. */
  public static SimPlan calm(long seed, int nodes, long forMs) {
    return new SimPlan(
        FORMAT, seed, Profile.SWARM, nodes, 0, Knobs.DEFAULT, Workload.DEFAULT, List.of(), forMs, 10_000);
  }

  /** Nodes that exist, voting or not. */
  @JsonIgnore
  public int allNodes() {
    return nodes + spares;
  }

  /** The same with other faults. */
  public SimPlan withFaults(List<Fault> newFaults) {
    return new SimPlan(format, seed, profile, nodes, spares, knobs, workload, newFaults, faultMs, healMs);
  }

  /** The same with another workload. */
  public SimPlan withWorkload(Workload newWorkload) {
    return new SimPlan(format, seed, profile, nodes, spares, knobs, newWorkload, faults, faultMs, healMs);
  }

  /** The same with other knobs. */
  public SimPlan withKnobs(Knobs newKnobs) {
    return new SimPlan(format, seed, profile, nodes, spares, newKnobs, workload, faults, faultMs, healMs);
  }

  /** The same with another number of nodes. */
  public SimPlan withNodes(int newNodes, int newSpares) {
    return new SimPlan(format, seed, profile, newNodes, newSpares, knobs, workload, faults, faultMs, healMs);
  }

  /** The same with other phases. */
  public SimPlan withTimes(long newFaultMs, long newHealMs) {
    return new SimPlan(format, seed, profile, nodes, spares, knobs, workload, faults, newFaultMs, newHealMs);
  }
}
