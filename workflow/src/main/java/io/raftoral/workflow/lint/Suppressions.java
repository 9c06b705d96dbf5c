package io.raftoral.workflow.lint;

import io.raftoral.workflow.bytecode.Annotated;
import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassIndex.Declared;
import java.lang.classfile.Annotation;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code @AllowNondeterminism}, on a method, on the method around a lambda, or on a class around either. */
final class Suppressions {
  private Suppressions() {}

  /** Whether a finding is meant to be there; {@code unexplained} is told of a suppression without a reason. */
  static boolean allows(ClassIndex index, Declared in, Rule rule, Consumer<Declared> unexplained) {
    String around = around(in.method());
    for (MethodModel method : in.owner().methods()) {
      if (method.methodName().equalsString(around)
          && allows(Annotated.find(method, "AllowNondeterminism"), in, rule, unexplained)) {
        return true;
      }
    }
    for (String name = ClassIndex.name(in.owner()); ; name = name.substring(0, name.lastIndexOf('$'))) {
      ClassModel model = index.find(name);
      if (model != null && allows(Annotated.find(model, "AllowNondeterminism"), in, rule, unexplained)) {
        return true;
      }
      if (name.lastIndexOf('$') <= name.lastIndexOf('/') + 1) {
        return false;
      }
    }
  }

  private static boolean allows(
      @Nullable Annotation annotation, Declared in, Rule rule, Consumer<Declared> unexplained) {
    if (annotation == null) {
      return false;
    }
    if (Annotated.string(annotation, "reason", "").isBlank()) {
      unexplained.accept(in);
    }
    List<String> rules = Annotated.strings(annotation, "rules");
    return rules.isEmpty() || rules.contains(rule.id());
  }

  /** The name of the method that a lambda is written in; the method's own if it is none. */
  static String around(MethodModel method) {
    String name = method.methodName().stringValue();
    if (!name.startsWith("lambda$")) {
      return name;
    }
    int end = name.lastIndexOf('$');
    String around = end > 7 ? name.substring(7, end) : name;
    return around.equals("new") ? "<init>" : around.equals("static") ? "<clinit>" : around;
  }
}
