package io.raftoral.simulation.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.linearizability.CheckResult.Verdict;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.linearizability.Register.Output;
import io.raftoral.simulation.world.SimRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private final LinearizabilityChecker checker = new LinearizabilityChecker();

  private static Operation<Input, Output> read(int process, long value, long call, long answer) {
    return new Operation<>(process, new Input.Read(0), new Output(value, true), call, answer);
  }

  private static Operation<Input, Output> write(int process, long value, long call, long answer) {
    return new Operation<>(process, new Input.Write(0, value), new Output(value, true), call, answer);
  }

  private static Operation<Input, Output> lostWrite(int process, long value, long call) {
    return new Operation<>(process, new Input.Write(0, value), null, call, 0);
  }

  private Verdict verdict(List<Operation<Input, Output>> history) {
    return checker.check(Register.MODEL, history).verdict();
  }

  @Test
  void emptyHistoryIsLinearizable() {
    assertThat(verdict(List.of())).isEqualTo(Verdict.LINEARIZABLE);
  }

  @Test
  void operationsOneAfterTheOtherAreLinearizable() {
    assertThat(verdict(List.of(write(1, 5, 0, 1), read(2, 5, 2, 3), write(1, 6, 4, 5), read(2, 6, 6, 7))))
        .isEqualTo(Verdict.LINEARIZABLE);
  }

  @Test
  void concurrentReadMaySeeTheWriteOrNot() {
    assertThat(verdict(List.of(write(1, 5, 0, 10), read(2, 0, 1, 2), read(3, 5, 3, 4)))).isEqualTo(Verdict.LINEARIZABLE);
  }

  @Test
  void readThatGoesBackInTimeIsRefuted() {
    assertThat(verdict(List.of(write(1, 5, 0, 10), read(2, 5, 1, 2), read(3, 0, 3, 4)))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void staleReadIsRefuted() {
    assertThat(verdict(List.of(write(1, 5, 0, 1), read(2, 0, 2, 3)))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void lostAcknowledgedWriteIsRefuted() {
    assertThat(verdict(List.of(write(1, 5, 0, 1), write(1, 6, 2, 3), read(2, 5, 4, 5)))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void duplicatedWriteIsRefuted() {
    assertThat(verdict(List.of(write(1, 5, 0, 1), write(2, 6, 2, 3), read(3, 6, 4, 5), read(3, 5, 6, 7))))
        .isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void additionAppliedTwiceIsRefuted() {
    Operation<Input, Output> add = new Operation<>(1, new Input.Add(0, 3), new Output(3, true), 0, 1);
    assertThat(verdict(List.of(add, read(2, 3, 2, 3)))).isEqualTo(Verdict.LINEARIZABLE);
    assertThat(verdict(List.of(add, read(2, 6, 2, 3)))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void writeWithoutAnswerMayTakeEffectMuchLaterOrNever() {
    assertThat(verdict(List.of(lostWrite(1, 5, 0), read(2, 0, 1, 2), read(2, 5, 3, 4)))).isEqualTo(Verdict.LINEARIZABLE);
    assertThat(verdict(List.of(lostWrite(1, 5, 0), read(2, 0, 1, 2), read(2, 0, 3, 4)))).isEqualTo(Verdict.LINEARIZABLE);
    assertThat(verdict(List.of(lostWrite(1, 5, 0), read(2, 5, 1, 2), read(2, 0, 3, 4)))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void writeWithoutAnswerCannotTakeEffectBeforeItWasCalled() {
    assertThat(verdict(List.of(read(2, 5, 0, 1), lostWrite(1, 5, 2)))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void compareAndSetMustAgreeWithWhatItFound() {
    Operation<Input, Output> set = new Operation<>(1, new Input.Cas(0, 0, 7), new Output(7, true), 0, 1);
    Operation<Input, Output> missed = new Operation<>(2, new Input.Cas(0, 0, 8), new Output(7, false), 2, 3);
    Operation<Input, Output> impossible = new Operation<>(2, new Input.Cas(0, 0, 8), new Output(8, true), 2, 3);
    assertThat(verdict(List.of(set, missed))).isEqualTo(Verdict.LINEARIZABLE);
    assertThat(verdict(List.of(set, impossible))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void partsAreCheckedIndependently() {
    List<Operation<Input, Output>> history = new ArrayList<>();
    for (int key = 0; key < 40; key++) {
      for (int i = 0; i < 8; i++) {
        history.add(new Operation<>(key * 8 + i, new Input.Write(key, i), new Output(i, true), 0, 100));
      }
      history.add(new Operation<>(1_000 + key, new Input.Read(key), new Output(3, true), 101, 102));
    }
    assertThat(verdict(history)).isEqualTo(Verdict.LINEARIZABLE);
  }

  @Test
  void usedUpBudgetIsUnknownAndNeverASuccess() {
    List<Operation<Input, Output>> history = new ArrayList<>();
    for (int i = 1; i <= 14; i++) {
      history.add(write(i, i, 0, 100));
    }
    history.add(read(20, 99, 101, 102));
    assertThat(new LinearizabilityChecker(1_000).check(Register.MODEL, history).verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(history)).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void counterexampleNamesTheAnswerThatCannotBe() {
    CheckResult result = checker.check(Register.MODEL, List.of(write(1, 5, 0, 1_000_000), read(2, 0, 2_000_000, 3_000_000)));
    assertThat(result.explained())
        .contains("must come next, but cannot", "process 2: read k0 -> 0", "state then: 5", "write k0=5 -> 5");
  }

  @Test
  void historiesOfARealRegisterAreAlwaysLinearizable() {
    for (int seed = 0; seed < 100; seed++) {
      assertThat(verdict(drawn(seed, false))).as("seed %d", seed).isEqualTo(Verdict.LINEARIZABLE);
    }
  }

  @Test
  void oneWrongAnswerInARealHistoryIsFound() {
    int refuted = 0;
    for (int seed = 0; seed < 100; seed++) {
      refuted += verdict(drawn(seed, true)) == Verdict.ILLEGAL ? 1 : 0;
    }
    assertThat(refuted).isEqualTo(100);
  }

  /** Takes effect at an instant between call and answer; optionally one read answers what was never written. */
  private static List<Operation<Input, Output>> drawn(long seed, boolean spoil) {
    SimRandom random = new SimRandom(seed);
    List<Operation<Input, Output>> history = new ArrayList<>();
    long[] values = new long[3];
    long[] freeAt = new long[6];
    for (int i = 0; i < 200; i++) {
      long instant = 100L * (i + 1);
      int process = random.nextInt(freeAt.length);
      int key = random.nextInt(values.length);
      Input input = random.chance(0.5) ? new Input.Read(key) : new Input.Add(key, 1 + random.nextInt(5));
      values[key] = Register.MODEL.stepUnknown(values[key], input);
      long call = Math.max(freeAt[process], instant - random.nextInt(400));
      long answer = Math.max(call, instant) + random.nextInt(400);
      if (call > instant) {
        call = instant;
      }
      freeAt[process] = answer + 1;
      long value = spoil && i == 150 ? -1 : values[key];
      boolean pending = i != 150 && random.chance(0.02);
      history.add(new Operation<>(pending ? 1_000 + i : process, input, pending ? null : new Output(value, true), call, answer));
    }
    return history;
  }
}
