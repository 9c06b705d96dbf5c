package io.raftoral.workflow.annotated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.annotation.DistributedWorkflow;
import io.raftoral.workflow.annotation.Replicated;
import io.raftoral.workflow.annotation.SideEffect;
import io.raftoral.workflow.lint.LintPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that cannot be workflows are refused when they are registered, with the fix. */
class RefusedClassesTest {

  @DistributedWorkflow
  static class BadFields {
    @Replicated static int shared;
    @Replicated final int fixed = 1;
    @Replicated List<String> items = new ArrayList<>();
    @Replicated TreeMap<String, String> map = new TreeMap<>();
    @Replicated int[] numbers = {};
    @Replicated StringBuilder text = new StringBuilder();

    public void run() {}
  }

  @Test
  void fieldsWhoseChangesCannotBeSeen() {
    assertThatThrownBy(() -> Registration.of(BadFields.class, true, LintPolicy.NONE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("BadFields.shared is static, so all runs would share it: remove \"static\"")
        .hasMessageContaining("BadFields.fixed is final")
        .hasMessageContaining("BadFields.items is a List")
        .hasMessageContaining("declare it as ReplicatedList")
        .hasMessageContaining("BadFields.map is a TreeMap")
        .hasMessageContaining("declare it as ReplicatedMap")
        .hasMessageContaining("BadFields.numbers is an array")
        .hasMessageContaining("BadFields.text is a StringBuilder, which can be changed in place, and only assignments"
            + " are replicated: use String");
  }

  @DistributedWorkflow
  static class NoEntry {
    @SideEffect
    public int query() {
      return 1;
    }
  }

  @DistributedWorkflow
  static class TwoEntries {
    public void run() {}

    public void go(String input) {}

    @Override
    public String toString() {
      return "";
    }
  }

  @DistributedWorkflow
  static class OneOfSeveral {
    void helper() {}

    public int go() {
      return 1;
    }
  }

  @Test
  void noneOrSeveralEntryMethods() {
    assertThatThrownBy(() -> Registration.of(NoEntry.class, true, LintPolicy.NONE))
        .hasMessageContaining("NoEntry has no entry method: add one public method without annotations");
    assertThatThrownBy(() -> Registration.of(TwoEntries.class, true, LintPolicy.NONE))
        .hasMessageContaining("TwoEntries has 2 methods that could be its entry, run(), go(): leave one public");
    assertThat(Registration.of(OneOfSeveral.class, true, LintPolicy.NONE).resultClass()).isEqualTo(Integer.class);
  }

  static class Plain {
    public void run() {}
  }

  @DistributedWorkflow(version = 0, name = "with space")
  @SuppressWarnings("ClassCanBeStatic") // that it is not is what is refused
  class Inner {
    public void run() {}
  }

  @DistributedWorkflow
  abstract static class Abstract {
    @SideEffect
    abstract void effect();

    public void run() {}
  }

  @Test
  void classesThatAreNoWorkflows() {
    assertThatThrownBy(() -> Registration.of(Plain.class, true, LintPolicy.NONE)).hasMessageContaining("Plain has no @DistributedWorkflow");
    assertThatThrownBy(() -> Registration.of(Inner.class, true, LintPolicy.NONE))
        .hasMessageContaining("versions start at 1")
        .hasMessageContaining("\"with space\"")
        .hasMessageContaining("make it static");
    assertThatThrownBy(() -> Registration.of(Abstract.class, true, LintPolicy.NONE))
        .hasMessageContaining("Abstract is abstract")
        .hasMessageContaining("effect has no body");
  }

  @DistributedWorkflow
  static class BadEffect {
    @SideEffect(timeout = "soon")
    void effect() {}

    public void run() {}
  }

  @DistributedWorkflow
  static class Needs {
    Needs(Map<String, String> service) {}

    public void run() {}
  }

  @Test
  void annotationsAndConstructorsThatDoNotFit() {
    assertThatThrownBy(() -> Registration.of(BadEffect.class, true, LintPolicy.NONE))
        .hasMessageContaining("@SideEffect BadEffect.effect, timeout: \"soon\" is no duration");
    assertThatThrownBy(() -> Registration.of(Needs.class, true, LintPolicy.NONE))
        .hasMessageContaining("has no constructor for (): it has Needs(Map)")
        .hasMessageContaining("register(Needs.class, …)");
    assertThat(Registration.of(Needs.class, true, LintPolicy.NONE, Map.of())).isNotNull();
  }

  @Test
  void anUnwovenClassWhenWeavingIsSwitchedOff() {
    assertThatThrownBy(() -> Raftoral.node("n1").weaveAtRegistration(false).register(OneOfSeveral.class))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("OneOfSeveral was not woven at build time")
        .hasMessageContaining("io.raftoral.workflow.weave.WeaveMain");
  }

  @DistributedWorkflow(name = "OneOfSeveral")
  static class SameName {
    public void run() {}
  }

  @DistributedWorkflow
  static class Careless {
    public long run() {
      return elapsed();
    }

    private long elapsed() {
      return System.nanoTime();
    }
  }

  @Test
  void codeThatIsNotDeterministic() {
    assertThatThrownBy(() -> Raftoral.node("n1").register(Careless.class))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("[clock] System.nanoTime() in RefusedClassesTest.Careless.elapsed (RefusedClassesTest.java:")
        .hasMessageContaining("use Workflow.now()");
    assertThat(Raftoral.node("n1").lint(LintPolicy.parse("clock=off")).register(Careless.class)).isNotNull();
    assertThat(Raftoral.node("n1").lint(LintPolicy.parse("warning")).register(Careless.class)).isNotNull();
    assertThatThrownBy(() -> LintPolicy.parse("clocks=off")).hasMessageContaining("there is no rule \"clocks\"");
  }

  @Test
  void twoClassesOfTheSameNameAndVersion(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                Raftoral.node("n1")
                    .listen("127.0.0.1:0")
                    .peers("n1=127.0.0.1:0")
                    .dataDir(directory)
                    .register(OneOfSeveral.class)
                    .register(SameName.class)
                    .start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("workflow type OneOfSeveral version 1 is registered 2 times");
  }
}
