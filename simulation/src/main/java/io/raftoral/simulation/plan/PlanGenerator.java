package io.raftoral.simulation.plan;

import io.raftoral.simulation.world.SimRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Draws plans from seeds. What a plan is made of is itself drawn: which faults it knows, how often, how long. */
public final class PlanGenerator {
  /** Length of the phase with faults. */
  public static final long FAULT_MS = 45_000;

  /** Length of the healed phase. */
  public static final long HEAL_MS = 15_000;

  private static final int MAX_FAULTS = 60;

  /** The kinds of faults that a plan may know. */
  private enum Kind {
    CRASH,
    CRASH_AT_DISK,
    POWER_CUT,
    PARTITION,
    LINKS,
    PAUSE,
    CLOCK_RATE,
    CLOCK_JUMP,
    DISK_SLOW,
    DISK_ERROR,
    SLOW_APPLY,
    BIT_FLIP,
    WIPE,
    TRANSFER,
    MEMBERSHIP,
    RECONFIGURE
  }

  private PlanGenerator() {}

  /**
   * The plan of a seed.
   *
   * @param nodes how many nodes vote, 0 to draw that too
   */
  public static SimPlan generate(long seed, Profile profile, int nodes) {
    SimRandom random = SimRandom.named(seed, "plan");
    int voters = nodes > 0 ? nodes : drawNodes(random);
    Set<Kind> kinds = kinds(random, profile);
    boolean needsSpares = kinds.contains(Kind.MEMBERSHIP) || kinds.contains(Kind.WIPE);
    int spares = needsSpares ? random.nextInt(Math.min(3, SimPlan.MAX_NODES - voters + 1)) : 0;
    int workflows = workflows(SimRandom.named(seed, "plan.workflows"), profile);
    Knobs knobs = knobs(random, kinds, workflows > 0);
    Workload workload = workload(random).withWorkflows(workflows);
    List<Fault> faults = faults(SimRandom.named(seed, "plan.faults"), kinds, voters, spares, knobs);
    return new SimPlan(
        SimPlan.FORMAT, seed, profile, voters, spares, knobs, workload, faults, FAULT_MS, HEAL_MS);
  }

  private static int drawNodes(SimRandom random) {
    int drawn = random.nextInt(10);
    return drawn == 0 ? 1 : drawn == 1 ? 2 : drawn < 6 ? 3 : drawn == 6 ? 4 : 5;
  }

  private static Set<Kind> kinds(SimRandom random, Profile profile) {
    EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
    switch (profile) {
      case SWARM -> {
        for (Kind kind : Kind.values()) {
          if (random.chance(0.4)) {
            kinds.add(kind);
          }
        }
      }
      case ELECTION -> kinds.addAll(List.of(Kind.LINKS, Kind.TRANSFER, Kind.PAUSE, Kind.CRASH));
      case PARTITION -> kinds.addAll(List.of(Kind.PARTITION, Kind.LINKS));
      case CRASH -> kinds.addAll(List.of(Kind.CRASH, Kind.CRASH_AT_DISK, Kind.POWER_CUT));
      case DISK -> kinds.addAll(List.of(Kind.DISK_SLOW, Kind.DISK_ERROR, Kind.CRASH_AT_DISK, Kind.BIT_FLIP, Kind.WIPE));
      case MEMBERSHIP -> kinds.addAll(List.of(Kind.MEMBERSHIP, Kind.CRASH, Kind.PARTITION, Kind.TRANSFER));
      case WORKFLOW -> kinds.addAll(List.of(Kind.CRASH, Kind.PARTITION, Kind.TRANSFER, Kind.PAUSE, Kind.CRASH_AT_DISK));
      case UPGRADE -> kinds.addAll(List.of(Kind.CRASH, Kind.TRANSFER, Kind.RECONFIGURE));
    }
    return kinds;
  }

  /** How many workflows are started; none where registers are replicated. */
  private static int workflows(SimRandom random, Profile profile) {
    return switch (profile) {
      case WORKFLOW, UPGRADE -> (int) random.between(4, 30);
      case SWARM -> random.chance(0.4) ? (int) random.between(2, 20) : 0;
      case ELECTION, PARTITION, CRASH, DISK, MEMBERSHIP -> 0;
    };
  }

  /** Effects run under a lease alone, so workflows need one. */
  private static Knobs knobs(SimRandom random, Set<Kind> kinds, boolean needsLease) {
    boolean lease = random.chance(0.4) || needsLease;
    // A lease needs a time-out of many ticks, or nothing is left of it after its margins.
    int electionTicks = (int) (lease ? random.between(20, 40) : random.between(6, 14));
    return new Knobs(
        lease ? random.between(10, 25) : random.between(20, 60),
        electionTicks,
        (int) random.between(1, Math.max(1, electionTicks / 4)),
        random.chance(0.8),
        lease || random.chance(0.8),
        lease,
        lease && !kinds.contains(Kind.PAUSE) && random.chance(0.6),
        random.between(50, 2_000),
        random.between(20, 5_000),
        random.chance(0.3) ? random.unit() * 0.1 : 0,
        random.chance(0.7),
        random.between(5, 200),
        random.between(50, 8_000),
        random.chance(0.6) ? (int) random.between(10, 120) : 1_000,
        (int) random.between(1, 64),
        random.pick(256L, 1024L, 4096L, 65536L),
        random.pick(10L, 20L, 100L, 5_000L),
        random.chance(0.25) ? (int) random.between(2, 3) : 1);
  }

  private static Workload workload(SimRandom random) {
    return new Workload(
        (int) random.between(2, 6),
        2_000,
        // Clients that hardly ever write leave logs equal, so that almost anybody can win an election.
        random.chance(0.75) ? random.between(5, 150) : random.between(300, 3_000),
        (int) random.between(1, 5),
        random.chance(0.85) ? (int) random.between(20, 60) : (int) random.between(85, 98),
        random.pick(0, 16, 200),
        0);
  }

  private static List<Fault> faults(SimRandom random, Set<Kind> kinds, int voters, int spares, Knobs knobs) {
    List<Fault> faults = new ArrayList<>();
    if (kinds.isEmpty()) {
      return faults;
    }
    List<Kind> known = List.copyOf(kinds);
    long meanGapMs = random.between(500, 6_000);
    long atMs = random.between(0, 3_000);
    while (atMs < FAULT_MS && faults.size() < MAX_FAULTS) {
      Kind kind = known.get(random.nextInt(known.size()));
      faults.add(fault(random, kind, atMs, voters, spares, knobs));
      // Much of what goes wrong needs two faults within one election.
      if (random.chance(0.25)) {
        long soon = atMs + random.between(0, random.chance(0.5) ? 20 : knobs.electionTimeoutMs());
        faults.add(fault(random, known.get(random.nextInt(known.size())), soon, voters, spares, knobs));
      }
      if (faults.getLast() instanceof Fault.Membership change && change.passage() == Fault.Passage.JOINT_EXPLICIT) {
        long leaveMs = change.atMs() + random.between(1, 6 * knobs.electionTimeoutMs());
        faults.add(new Fault.Membership(leaveMs, List.of(), Fault.Passage.AUTO));
      }
      atMs += 1 + random.exponential((double) meanGapMs);
    }
    return faults;
  }

  private static Fault fault(SimRandom random, Kind kind, long atMs, int voters, int spares, Knobs knobs) {
    Target target = target(random, voters + spares);
    long timeout = knobs.electionTimeoutMs();
    long shortMs = random.between(1, 2 * timeout);
    long longMs = random.between(1, 12 * timeout);
    return switch (kind) {
      case CRASH -> new Fault.Crash(atMs, target, random.chance(0.5) ? shortMs : longMs, random.chance(0.5));
      case CRASH_AT_DISK ->
          new Fault.CrashAtDisk(
              atMs, target, shortMs, random.pick(Fault.DiskPoint.values()), (int) random.between(1, 20));
      case POWER_CUT -> new Fault.PowerCut(atMs, shortMs);
      case PARTITION ->
          new Fault.Partition(
              atMs,
              longMs,
              random.pick(Fault.Cut.values()),
              target,
              random.chance(0.2) ? random.between(timeout / 2, 2 * timeout) : 0);
      case LINKS ->
          new Fault.Links(
              atMs,
              longMs,
              random.chance(0.7) ? random.unit() * 0.5 : 0,
              random.chance(0.4) ? random.unit() * 0.3 : 0,
              random.chance(0.4) ? random.unit() * 0.3 : 0,
              random.chance(0.3) ? random.unit() * 0.05 : 0,
              random.chance(0.4) ? 1 + random.unit() * 30 : 1);
      case PAUSE -> new Fault.Pause(atMs, target, random.chance(0.5) ? shortMs : longMs);
      case CLOCK_RATE ->
          new Fault.ClockRate(
              atMs, target, longMs, knobs.leaderLease() ? 0.96 + random.unit() * 0.08 : 0.5 + random.unit() * 1.5);
      case CLOCK_JUMP -> new Fault.ClockJump(atMs, target, random.pick(86_400_000L, -3_600_000L, 5_000L, -5_000L));
      case DISK_SLOW -> new Fault.DiskSlow(atMs, target, longMs, random.between(10, 2 * timeout));
      case DISK_ERROR -> new Fault.DiskError(atMs, target, shortMs, random.chance(0.5));
      case SLOW_APPLY -> new Fault.SlowApply(atMs, target, longMs, random.between(1, 2 * timeout));
      case WIPE -> new Fault.Wipe(atMs, target);
      case RECONFIGURE -> {
        boolean preVote = random.chance(0.5);
        // Leases rest on followers that refuse to vote: there the flag stays. And a node that has neither flag, among
        // others that check their quorum, may be shut out for ever: at a higher term it does not answer their leader,
        // whom they go on to defend against its campaigns. Whoever mixes flags has to leave it one of the two.
        boolean checkQuorum =
            knobs.leaderLease() || random.chance(0.5) || !preVote && (knobs.checkQuorum() || knobs.preVote());
        yield new Fault.Reconfigure(atMs, target, shortMs, preVote, checkQuorum, (int) random.between(1, 64));
      }
      case BIT_FLIP -> new Fault.BitFlip(atMs, target);
      case TRANSFER -> new Fault.Transfer(atMs, target);
      case MEMBERSHIP -> membership(random, atMs, voters + spares);
    };
  }

  private static Fault membership(SimRandom random, long atMs, int all) {
    int size = random.chance(0.6) ? 1 : (int) random.between(1, Math.min(3, all));
    List<Fault.MemberChange> changes = new ArrayList<>();
    int first = random.nextInt(all);
    for (int i = 0; i < size; i++) {
      changes.add(new Fault.MemberChange(random.pick(Fault.Change.values()), (first + i) % all + 1));
    }
    Fault.Passage passage =
        random.pick(Fault.Passage.AUTO, Fault.Passage.AUTO, Fault.Passage.JOINT, Fault.Passage.JOINT_EXPLICIT);
    return new Fault.Membership(atMs, changes, passage);
  }

  private static Target target(SimRandom random, int all) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4 -> Target.LEADER;
      case 5 -> Target.LONGEST_LOG;
      case 6 -> Target.SHORTEST_LOG;
      default -> Target.node(random.nextInt(all) + 1);
    };
  }
}
