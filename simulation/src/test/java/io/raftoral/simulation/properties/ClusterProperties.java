package io.raftoral.simulation.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.plan.Fault;
import io.raftoral.simulation.plan.PlanJson;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.plan.Target;
import io.raftoral.simulation.plan.Workload;
import io.raftoral.simulation.run.RunResult;
import io.raftoral.simulation.run.Simulation;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Fault plans drawn by jqwik, which takes faults out again until a failing plan is small. */
class ClusterProperties {
  private static final int TRIES = 6;
  private static final long FAULT_MS = 10_000;

  private static RunResult holds(List<Fault> faults, long seed) {
    SimPlan plan =
        SimPlan.calm(seed, 3, FAULT_MS).withFaults(faults).withWorkload(Workload.DEFAULT.limited(3, 200));
    RunResult result = Simulation.run(plan);
    assertThat(result.violation()).as(() -> "replay with simulate --plan and\n" + PlanJson.write(plan)).isNull();
    return result;
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void clusterElectsOneLeaderATermAndRecovers(@ForAll("elections") List<Fault> faults, @ForAll long seed) {
    assertThat(holds(faults, seed).counts().elections()).isPositive();
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void logsReplicateOverLossyLinks(@ForAll("lossyLinks") List<Fault> faults, @ForAll long seed) {
    assertThat(holds(faults, seed).counts().committed()).isPositive();
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void partitionsLoseNothingThatWasAcknowledged(@ForAll("partitions") List<Fault> faults, @ForAll long seed) {
    holds(faults, seed);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void crashesLoseNothingThatWasAcknowledged(@ForAll("crashes") List<Fault> faults, @ForAll long seed) {
    holds(faults, seed);
  }

  @Provide
  Arbitrary<List<Fault>> elections() {
    Arbitrary<Fault> fault =
        Combinators.combine(time(), target(), Arbitraries.longs().between(1, 3_000), Arbitraries.integers().between(0, 2))
            .as((at, target, ms, kind) ->
                switch (kind) {
                  case 0 -> new Fault.Transfer(at, target);
                  case 1 -> new Fault.Pause(at, target, ms);
                  default -> new Fault.Crash(at, target, ms, true);
                });
    return fault.list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<Fault>> lossyLinks() {
    Arbitrary<Double> share = Arbitraries.doubles().between(0, 0.4);
    Arbitrary<Fault> fault =
        Combinators.combine(time(), share, share, share)
            .as((at, loss, duplicate, reorder) -> new Fault.Links(at, 2_000, loss, duplicate, reorder, 0, 1));
    return fault.list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<Fault>> partitions() {
    Arbitrary<Fault> fault =
        Combinators.combine(time(), Arbitraries.longs().between(1, 4_000), Arbitraries.of(Fault.Cut.values()), target())
            .as((at, ms, cut, target) -> new Fault.Partition(at, ms, cut, target, 0));
    return fault.list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<Fault>> crashes() {
    Arbitrary<Fault> fault =
        Combinators.combine(time(), target(), Arbitraries.of(Fault.DiskPoint.values()), Arbitraries.integers().between(1, 10))
            .as((at, target, point, countdown) -> new Fault.CrashAtDisk(at, target, 500, point, countdown));
    return fault.list().ofMaxSize(8);
  }

  private static Arbitrary<Long> time() {
    return Arbitraries.longs().between(0, FAULT_MS - 1);
  }

  private static Arbitrary<Target> target() {
    return Arbitraries.of(Target.LEADER, Target.LONGEST_LOG, Target.SHORTEST_LOG, Target.node(1), Target.node(2));
  }
}
