package io.raftoral.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.WorkflowFailedException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void exitCodesTellWhatMayBeDoneAboutIt() {
    assertThat(Failures.exitCode(new UsageException("x"))).isEqualTo(2);
    assertThat(Failures.exitCode(new ConfigurationException("x"))).isEqualTo(2);
    assertThat(Failures.exitCode(new PayloadException("x"))).isEqualTo(2);
    assertThat(Failures.exitCode(new RefusedException(RefusedException.Code.NO_LEADER, "x"))).isEqualTo(3);
    assertThat(Failures.exitCode(new RequestOutcomeUnknownException("x"))).isEqualTo(4);
    assertThat(Failures.exitCode(new WorkflowFailedException("w", "java.io.IOException", "x"))).isEqualTo(1);
    assertThat(Failures.exitCode(new IllegalStateException("x"))).isEqualTo(1);
  }
}
