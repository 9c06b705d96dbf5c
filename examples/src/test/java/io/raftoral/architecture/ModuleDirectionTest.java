package io.raftoral.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The one-way street between the modules (docs/architecture.md), and rules that hold in all of them. */
class ModuleDirectionTest {

  private static JavaClasses production;

  @BeforeAll
  static void importClasses() {
    production =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.raftoral");
  }

  @Test
  void allModulesAreSeen() {
    for (String module : List.of("raft", "proto", "transport", "storage", "workflow", "simulation", "benchmarks", "examples")) {
      assertThat(production.containPackage("io.raftoral." + module)).as("classes of module %s", module).isTrue();
    }
  }

  @Test
  void modulesDependOnlyOnThoseAboveThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.raftoral..")
        .layer("raft").definedBy("io.raftoral.raft..")
        .layer("proto").definedBy("io.raftoral.proto..")
        .layer("transport").definedBy("io.raftoral.transport..")
        .layer("storage").definedBy("io.raftoral.storage..")
        .layer("workflow").definedBy("io.raftoral.workflow..")
        .layer("simulation").definedBy("io.raftoral.simulation..")
        .layer("benchmarks").definedBy("io.raftoral.benchmarks..")
        .layer("examples").definedBy("io.raftoral.examples..")
        .whereLayer("raft").mayNotAccessAnyLayer()
        .whereLayer("proto").mayOnlyAccessLayers("raft")
        .whereLayer("transport").mayOnlyAccessLayers("raft", "proto")
        .whereLayer("storage").mayOnlyAccessLayers("raft", "proto")
        .whereLayer("workflow").mayOnlyAccessLayers("raft", "proto", "transport", "storage")
        .whereLayer("simulation").mayOnlyAccessLayers("raft", "proto", "transport", "storage", "workflow")
        .whereLayer("benchmarks").mayOnlyAccessLayers("raft", "proto", "transport", "storage", "workflow")
        .whereLayer("examples").mayOnlyAccessLayers(
            "raft", "transport", "storage", "workflow", "simulation", "benchmarks")
        .check(production);
  }

  @Test
  void nettyStaysInTransportAndRocksDbInStorage() {
    noClasses()
        .that().resideOutsideOfPackage("io.raftoral.transport..")
        .should().dependOnClassesThat().resideInAPackage("io.netty..")
        .check(production);
    noClasses()
        .that().resideOutsideOfPackage("io.raftoral.storage..")
        .should().dependOnClassesThat().resideInAPackage("org.rocksdb..")
        .check(production);
  }

  @Test
  void nobodyUsesJavaSerialization() {
    noClasses()
        .should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class)
        .orShould().dependOnClassesThat().areAssignableTo(ObjectOutputStream.class)
        .check(production);
  }

  @Test
  void librariesDoNotPrint() {
    noClasses()
        .that().resideInAnyPackage(
            "io.raftoral.raft..", "io.raftoral.proto..", "io.raftoral.transport..", "io.raftoral.storage..",
            "io.raftoral.workflow..")
        .should().accessField(System.class, "out")
        .orShould().accessField(System.class, "err")
        .check(production);
  }

  @Test
  void everyPackageHasASignThatForbidsNull() {
    List<String> without = new ArrayList<>();
    for (JavaPackage each : production.getPackage("io.raftoral").getSubpackagesInTree()) {
      boolean generated =
          each.getName().startsWith("io.raftoral.proto.v1") || each.getName().endsWith(".jmh_generated");
      if (!generated && !each.getClasses().isEmpty() && !each.isAnnotatedWith(NullMarked.class)) {
        without.add(each.getName());
      }
    }
    assertThat(without).as("packages without a @NullMarked package-info").isEmpty();
  }
}
