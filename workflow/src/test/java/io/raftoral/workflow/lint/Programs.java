package io.raftoral.workflow.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Small programs from a file, compiled like those of an application. */
final class Programs {
  private static final String HEAD =
      """
      import io.raftoral.workflow.*; import io.raftoral.workflow.annotation.*;
      import io.raftoral.workflow.annotation.SideEffect;
      import java.io.*; import java.lang.ref.*; import java.math.*; import java.net.*; import java.net.http.*;
      import java.nio.charset.*; import java.nio.file.*; import java.security.SecureRandom; import java.time.*;
      import java.time.format.*; import java.util.*; import java.util.concurrent.*; import java.util.concurrent.atomic.*;
      import java.util.concurrent.locks.ReentrantLock; import java.util.function.*; import java.util.random.*;
      import java.util.regex.*; import java.util.stream.*;
      @DistributedWorkflow public class NAME {
      """;

  private Programs() {}

  /** One of them. */
  record Program(String name, String rules, String body) {
    String source() {
      return HEAD.replace("NAME", name) + body.replaceAll("\\bW\\(", name + "(") + "\n}\n";
    }
  }

  static List<Program> read(String file) throws IOException {
    try (InputStream in = Objects.requireNonNull(Programs.class.getResourceAsStream("/lint/" + file))) {
      List<Program> programs = new ArrayList<>();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String[] parts = text.split("(?m)^---", -1);
      for (int i = 1; i < parts.length; i++) {
        int end = parts[i].indexOf('\n');
        programs.add(new Program("P" + i, parts[i].substring(0, end).strip(), parts[i].substring(end + 1).strip()));
      }
      return programs;
    }
  }

  /** Compiles sources, named by their public classes; returns what javac and its processors said. */
  static List<Diagnostic<? extends JavaFileObject>> compile(
      Path directory, List<Program> programs, List<String> options) {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<String> all = new ArrayList<>(List.of("-d", directory.toString(), "-g", "-cp", classPath()));
    all.addAll(options);
    List<JavaFileObject> sources = new ArrayList<>();
    for (Program program : programs) {
      sources.add(
          new SimpleJavaFileObject(URI.create("string:///" + program.name() + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return program.source();
            }
          });
    }
    javac.getTask(null, null, said, all, null, sources).call();
    return said.getDiagnostics();
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** Scans a class that was compiled. */
  static List<Finding> scan(Path directory, String name) {
    ClassIndex index = new ClassIndex(ClassSource.of(directory).or(ClassSource.of(Programs.class.getClassLoader())));
    return Scan.of(
        index,
        Objects.requireNonNull(index.find(name)),
        each -> ClassSource.of(directory).bytes(each) != null);
  }

  static void assertCompiles(List<Diagnostic<? extends JavaFileObject>> said) {
    assertThat(said).filteredOn(each -> each.getKind() == Diagnostic.Kind.ERROR).isEmpty();
  }
}
