package io.raftoral.simulation.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.simulation.linearizability.CheckResult;
import io.raftoral.simulation.linearizability.CheckResult.Verdict;
import io.raftoral.simulation.linearizability.LinearizabilityChecker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JepsenHistoryTest {

  private static String text(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(JepsenHistoryTest.class.getResourceAsStream("/histories/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static CheckResult check(String history, long budget) {
    return new LinearizabilityChecker(budget).check(new CasRegister("nil"), JepsenHistory.read(history));
  }

  @ParameterizedTest
  @CsvSource({
    "linearizable.edn, 5, LINEARIZABLE",
    "stale-read.edn, 3, ILLEGAL",
    "failed-write-was-read.edn, 1, ILLEGAL",
    "keys-and-versions.edn, 4, LINEARIZABLE",
    "lines-of-a-log.log, 3, LINEARIZABLE"
  })
  void verdictsOnSmallHistories(String file, int operations, Verdict verdict) throws IOException {
    assertThat(JepsenHistory.read(text(file))).hasSize(operations);
    assertThat(check(text(file), 10_000).verdict()).isEqualTo(verdict);
  }

  @Test
  void counterexampleNamesTheReadThatCannotBeExplained() throws IOException {
    assertThat(check(text("stale-read.edn"), 10_000).explained()).contains("process 1: read -> 0");
  }

  @Test
  void budgetThatIsUsedUpGivesNoVerdict() throws IOException {
    assertThat(check(text("linearizable.edn"), 2).verdict()).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void keysAreRegistersOfTheirOwn() {
    String history =
        """
        {:process 0 :type :invoke :f :write :value [1 5]} {:process 0 :type :ok :f :write :value [1 5]}
        {:process 0 :type :invoke :f :read :value [2 nil]} {:process 0 :type :ok :f :read :value [2 5]}
        """;
    CheckResult result = check(history, 10_000);
    assertThat(result.verdict()).isEqualTo(Verdict.ILLEGAL);
    assertThat(result.explained()).contains("register 2");
  }

  @Test
  void manyCallsWithoutAnswerDoNotMakeTheSearchExplode() {
    StringBuilder history = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      history.append("{:process ").append(100 + i).append(" :type :invoke :f :cas :value [").append(i).append(" 7]}\n");
    }
    for (int i = 0; i < 200; i++) {
      history.append("{:process 0 :type :invoke :f :write :value ").append(i % 5 + 50).append("}\n");
      history.append("{:process 0 :type :ok :f :write :value ").append(i % 5 + 50).append("}\n");
    }
    assertThat(check(history.toString(), 1_000).verdict()).isEqualTo(Verdict.LINEARIZABLE);
  }

  @Test
  void whatIsNoHistorySaysWhy() {
    assertThatThrownBy(() -> JepsenHistory.read("")).hasMessageContaining("no operation");
    assertThatThrownBy(() -> JepsenHistory.read("{:process 0 :type :invoke\n :f [}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 2");
    assertThatThrownBy(() -> JepsenHistory.read("{:process 0 :type :ok :f :read :value 1}"))
        .hasMessageContaining("has not made");
    assertThatThrownBy(() -> JepsenHistory.read("[".repeat(100))).hasMessageContaining("deep");
  }
}
