package io.raftoral.simulation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.plan.PlanJson;
import io.raftoral.simulation.plan.SimPlan;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SimulateCommandTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private int run(String... arguments) {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new CommandLine(new SimulateCommand(out), factory(out))
        .setErr(new PrintWriter(new StringWriter(), true))
        .execute(arguments);
  }

  private static CommandLine.IFactory factory(PrintStream out) {
    return new CommandLine.IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        return type == CheckHistoryCommand.class
            ? type.cast(new CheckHistoryCommand(out))
            : CommandLine.defaultFactory().create(type);
      }
    };
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void seedsThatHoldEndWithOk() {
    assertThat(run("--seeds", "1..3", "--nodes", "3", "--profile", "election", "--jobs", "2", "--stats")).isZero();
    assertThat(printed()).contains("simulate: ok (3 of 3 seeds").contains("events/s").contains("LEADER_ELECTED");
  }

  @Test
  void seedsThatRunTwiceTheSameHold() {
    assertThat(run("--seeds", "1..2", "--nodes", "3", "--twice")).isZero();
  }

  @Test
  void planFileIsReplayed(@TempDir Path directory) {
    Path file = directory.resolve("plan.json");
    PlanJson.write(file, SimPlan.calm(9, 3, 2_000));
    assertThat(run("--plan", file.toString())).isZero();
    assertThat(printed()).contains("seed 9:").contains("simulate: ok");
  }

  @Test
  void fullLogShowsTheElection() {
    assertThat(run("--seeds", "1", "--nodes", "3", "--profile", "crash", "--log", "full")).isZero();
    assertThat(printed()).contains("leads term");
  }

  @Test
  void wrongUsageIsOneLineAndExitCodeFive(@TempDir Path directory) {
    assertThat(run("--seeds", "ten")).isEqualTo(5);
    assertThat(run("--seeds", "5..1")).isEqualTo(5);
    assertThat(run("--profile", "chaos")).isEqualTo(5);
    assertThat(run("--nodes", "99")).isEqualTo(5);
    assertThat(run("--jobs", "0")).isEqualTo(5);
    assertThat(run("--time-limit", "soon")).isEqualTo(5);
    assertThat(run("--log", "some")).isEqualTo(5);
    assertThat(run("--seeds", "1..2", "--log", "full")).isEqualTo(5);
    assertThat(run("--plan", directory.resolve("none.json").toString())).isEqualTo(5);
    assertThat(run("--no-such-option")).isEqualTo(5);
    assertThat(printed()).contains("no such profile: chaos").doesNotContain("\tat ");
  }

  @Test
  void historyFilesAreCheckedByTheirVerdict() {
    String directory = "src/test/resources/histories/";
    assertThat(run("check-history", directory + "linearizable.edn", directory + "lines-of-a-log.log")).isZero();
    assertThat(run("check-history", directory + "linearizable.edn", directory + "stale-read.edn")).isEqualTo(1);
    assertThat(run("check-history", "--budget", "2", directory + "linearizable.edn")).isEqualTo(2);
    assertThat(run("check-history", directory + "none.edn")).isEqualTo(5);
  }

  @Test
  void timeLimitEndsTheRun() {
    assertThat(run("--seeds", "1..1000000", "--nodes", "3", "--time-limit", "1s")).isZero();
  }
}
