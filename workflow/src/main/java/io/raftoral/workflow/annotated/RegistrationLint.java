package io.raftoral.workflow.annotated;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassSource;
import io.raftoral.workflow.lint.Finding;
import io.raftoral.workflow.lint.LintPolicy;
import io.raftoral.workflow.lint.Scan;
import io.raftoral.workflow.lint.Severity;
import java.lang.classfile.ClassModel;
import java.net.URL;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scans a workflow class, and what it calls, when it is registered. */
final class RegistrationLint {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrationLint.class);

  private RegistrationLint() {}

  /**
   * Logs warnings.
   *
   * @throws ConfigurationException listing the errors, if there are any
   */
  static void check(Class<?> type, LintPolicy policy) {
    if (policy.equals(LintPolicy.NONE)) {
      return;
    }
    String name = type.getName().replace('.', '/');
    ClassIndex index = new ClassIndex(ClassSource.of(type.getClassLoader()));
    ClassModel model = index.find(name);
    if (model == null) {
      return;
    }
    List<Finding> findings = Scan.of(index, model, application(type, name));
    for (Finding finding : findings) {
      if (policy.severity(finding.rule()) == Severity.WARNING) {
        LOG.warn("workflow class {}: {}", type.getName(), finding.message());
      }
    }
    List<Finding> errors =
        findings.stream().filter(each -> policy.severity(each.rule()) == Severity.ERROR).toList();
    if (!errors.isEmpty()) {
      throw new ConfigurationException(
          "workflow class " + type.getName() + " is not deterministic:\n"
              + errors.stream().map(each -> "  - " + each.message()).collect(Collectors.joining("\n"))
              + "\nWhat is meant to be there is allowed by @AllowNondeterminism(reason = \"…\")");
    }
  }

  /** What comes from the same place as the workflow, or is called after the same organization. */
  private static Predicate<String> application(Class<?> type, String name) {
    String own = root(type.getClassLoader(), name);
    String organization = organization(name);
    return each ->
        own != null && own.equals(root(type.getClassLoader(), each))
            || !organization.isEmpty() && !each.startsWith("io/raftoral/") && each.startsWith(organization);
  }

  private static @Nullable String root(@Nullable ClassLoader loader, String name) {
    String file = name + ".class";
    URL url = loader == null ? ClassLoader.getSystemResource(file) : loader.getResource(file);
    String text = url == null ? "" : url.toString();
    return text.endsWith(file) ? text.substring(0, text.length() - file.length()) : null;
  }

  /** The first two parts of the package, such as com.acme. */
  private static String organization(String name) {
    int first = name.indexOf('/');
    int second = first < 0 ? -1 : name.indexOf('/', first + 1);
    return second < 0 ? "" : name.substring(0, second + 1);
  }
}
