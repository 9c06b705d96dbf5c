package io.raftoral.raft;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The core is a pure state machine, and its packages depend on each other in one direction. */
class PurityTest {
  private static final String ROOT = "io.raftoral.raft";
  private static final JavaClasses MODULE =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);
  private static final DescribedPredicate<JavaClass> CORE =
      resideInAPackage(ROOT + "..").and(not(resideInAPackage(ROOT + ".driver..")));

  /** Calls whose result, or whose iteration order, differs from one run to the next. */
  private static final List<String> UNREPEATABLE =
      List.of(
          "java.lang.System.*",
          "java.lang.Math.random",
          "java.lang.Runtime.*",
          "java.util.Set.of",
          "java.util.Set.copyOf",
          "java.util.Map.of",
          "java.util.Map.ofEntries",
          "java.util.Map.copyOf",
          "java.util.UUID.randomUUID",
          "java.util.Collection.parallelStream",
          "java.util.stream.Collectors.toSet",
          "java.util.stream.Collectors.toMap",
          "java.util.stream.Collectors.groupingBy");

  @Test
  void theCoreTouchesNoClockNoThreadNoDiskNoNetworkAndNoRandomnessOfItsOwn() {
    check(
        noClasses()
            .that(CORE)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.util.concurrent..", "java.io..", "java.nio.file..", "java.nio.channels..",
                        "java.net..", "java.time..", "java.security..", "java.lang.foreign..")
                    .or(named(
                        "java.lang.Thread",
                        "java.lang.ThreadLocal",
                        "java.util.Random",
                        "java.util.SplittableRandom",
                        "java.util.Timer",
                        "java.util.HashMap",
                        "java.util.HashSet",
                        "java.util.IdentityHashMap",
                        "java.util.WeakHashMap",
                        "java.util.Hashtable"))));
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    List<String> list = List.of(names);
    return DescribedPredicate.describe("one of " + list, type -> list.contains(type.getName()));
  }

  @Test
  void theCoreCallsNothingThatDiffersFromRunToRun() {
    check(
        noClasses()
            .that(CORE)
            .should()
            .callMethodWhere(
                DescribedPredicate.<JavaCall<?>>describe(
                    "unrepeatable", call -> isUnrepeatable(call.getTargetOwner().getName(), call.getTarget().getName()))));
  }

  private static boolean isUnrepeatable(String owner, String method) {
    return UNREPEATABLE.contains(owner + "." + method) || UNREPEATABLE.contains(owner + ".*");
  }

  @Test
  void theModuleNeedsNothingButTheJdk() {
    check(
        classes()
            .that(resideInAPackage(ROOT + ".."))
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify.annotations..", ROOT + "..")));
  }

  @Test
  void nobodyInTheCoreKnowsTheDriver() {
    check(noClasses().that(CORE).should().dependOnClassesThat(resideInAPackage(ROOT + ".driver..")));
  }

  @Test
  void packagesDependInOneDirection() {
    allowed("quorum");
    allowed("membership", "quorum");
    allowed("message", "membership");
    allowed("progress");
    allowed("log", "message", "membership");
    allowed("trace", "message", "membership");
    allowed("role", "log", "membership", "message", "progress", "quorum", "trace");
  }

  /** Besides the packages named, only the records and the exception of the root package. */
  private static void allowed(String from, String... to) {
    DescribedPredicate<JavaClass> inside = resideInAPackage(ROOT + "." + from);
    DescribedPredicate<JavaClass> known = inside.or(not(resideInAPackage(ROOT + "..")));
    for (String other : to) {
      known = known.or(resideInAPackage(ROOT + "." + other));
    }
    DescribedPredicate<JavaClass> face =
        named(ROOT + ".RawNode", ROOT + ".Ready");
    DescribedPredicate<JavaClass> vocabulary = resideInAPackage(ROOT).and(not(face));
    if (from.equals("quorum") || from.equals("membership") || from.equals("message")) {
      vocabulary = DescribedPredicate.alwaysFalse();
    }
    check(classes().that(inside).should().onlyDependOnClassesThat(known.or(vocabulary)).as(from + " knows its place"));
  }

  @Test
  void whatIsForbiddenIsFoundInCodeThatDoesIt() {
    JavaClasses impure = new ClassFileImporter().importClasses(Impure.class);
    ArchRule rule =
        noClasses().should().dependOnClassesThat(named("java.util.HashMap"));
    org.assertj.core.api.Assertions.assertThat(rule.evaluate(impure).hasViolation()).isTrue();
    ArchRule calls =
        noClasses()
            .should()
            .callMethodWhere(
                DescribedPredicate.<JavaCall<?>>describe(
                    "unrepeatable", call -> isUnrepeatable(call.getTargetOwner().getName(), call.getTarget().getName())));
    org.assertj.core.api.Assertions.assertThat(calls.evaluate(impure).hasViolation()).isTrue();
  }

  /** Breaks the rules on purpose. */
  static final class Impure {
    final java.util.Map<String, Long> times = new java.util.HashMap<>();

    void note() {
      times.put("now", System.nanoTime());
    }
  }

  private static void check(ArchRule rule) {
    rule.check(MODULE);
  }
}
