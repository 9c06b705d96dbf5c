package io.raftoral.workflow.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.annotated.Registration;
import io.raftoral.workflow.lint.Programs.Program;
import io.raftoral.workflow.weave.Twin;
import io.raftoral.workflow.weave.WeaveMain;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that were woven after compiling are registered as they are. */
class BuildTimeWeavingTest {
  @TempDir private Path directory;

  @Test
  void wovenClassesKeepTheirNames() throws Exception {
    Program program =
        new Program(
            "Built",
            "",
            "@Replicated int n; class In { void up() { n++; } } @SideEffect private int one() { return 1; }"
                + " public int run() { new In().up(); n += one(); return n; }");
    Programs.assertCompiles(Programs.compile(directory, List.of(program), List.of("-proc:none")));

    assertThat(WeaveMain.weave(directory))
        .containsExactly(directory.resolve("Built$In.class"), directory.resolve("Built.class"));
    assertThat(WeaveMain.weave(directory)).as("a second time").isEmpty();

    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, BuildTimeWeavingTest.class.getClassLoader())) {
      Class<?> built = loader.loadClass("Built");
      WorkflowType<?, ?> type = Registration.of(built, false, LintPolicy.DEFAULT);

      assertThat(Twin.of(built)).isSameAs(built);
      assertThat(type.name()).isEqualTo("Built");
      Object outside = built.getDeclaredConstructor().newInstance();
      assertThat(built.getMethod("run").invoke(outside)).as("outside a run").isEqualTo(2);
    }
  }
}
