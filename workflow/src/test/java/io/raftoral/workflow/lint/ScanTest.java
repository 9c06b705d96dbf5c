package io.raftoral.workflow.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.lint.Programs.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small non-deterministic programs are found, and small innocent ones are left alone. */
class ScanTest {
  @TempDir private Path directory;

  @Test
  void nonDeterministicProgramsAreFound() throws IOException {
    List<Program> programs = Programs.read("nondeterministic.txt");
    Programs.assertCompiles(Programs.compile(directory, programs, List.of("-proc:none")));
    List<String> missed = new ArrayList<>();
    for (Program program : programs) {
      List<Finding> findings = Programs.scan(directory, program.name());
      if (findings.stream().noneMatch(each -> each.rule().id().equals(program.rules()))) {
        missed.add(program.rules() + ": " + program.body() + " -> " + findings);
      }
      assertThat(findings).allMatch(each -> each.line() > 0 || each.rule() == Rule.LOCK);
    }
    assertThat(programs).hasSizeGreaterThan(90);
    assertThat(missed).isEmpty();
  }

  @Test
  void innocentProgramsAreLeftAlone() throws IOException {
    List<Program> programs = Programs.read("innocent.txt");
    Programs.assertCompiles(Programs.compile(directory, programs, List.of("-proc:none")));
    List<String> accused = new ArrayList<>();
    for (Program program : programs) {
      Programs.scan(directory, program.name()).forEach(each -> accused.add(program.body() + " -> " + each.message()));
    }
    assertThat(programs).hasSizeGreaterThan(55);
    assertThat(accused).isEmpty();
  }
}
