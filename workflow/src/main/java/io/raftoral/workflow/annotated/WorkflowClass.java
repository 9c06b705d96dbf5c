package io.raftoral.workflow.annotated;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.WorkflowCode;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassSource;
import io.raftoral.workflow.engine.payload.Json;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.weave.WorkflowShape;
import java.lang.classfile.ClassModel;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A class with {@code @DistributedWorkflow}, checked: what nodes and clients need to know of it. */
public final class WorkflowClass {
  private static final Payloads PAYLOADS = new Payloads();

  private static final ClassValue<WorkflowClass> KNOWN =
      new ClassValue<>() {
        @Override
        protected WorkflowClass computeValue(Class<?> type) {
          return new WorkflowClass(type);
        }
      };

  private final Class<?> type;
  private final WorkflowShape shape;
  private final Method entry;
  private final Arguments arguments;

  private WorkflowClass(Class<?> type) {
    this.type = type;
    ClassIndex index = new ClassIndex(ClassSource.of(type.getClassLoader()));
    ClassModel model = index.find(type.getName().replace('.', '/'));
    if (model == null) {
      throw new ConfigurationException("the class file of " + type.getName() + " is not on the class path");
    }
    shape = WorkflowShape.of(index, model);
    WorkflowShape.Method found = shape.entry();
    if (!shape.problems().isEmpty() || found == null) {
      throw new ConfigurationException(
          "workflow class " + type.getName() + " cannot be registered:\n"
              + shape.problems().stream().map(each -> "  - " + each).collect(Collectors.joining("\n")));
    }
    entry = method(type, found);
    arguments = new Arguments(entry);
  }

  /**
   * Checks a class.
   *
   * @throws ConfigurationException listing everything that is wrong with it, each with the fix
   */
  public static WorkflowClass of(Class<?> type) {
    return KNOWN.get(type);
  }

  Class<?> type() {
    return type;
  }

  WorkflowShape shape() {
    return shape;
  }

  Method entry() {
    return entry;
  }

  Arguments arguments() {
    return arguments;
  }

  /** The name and version under which it is registered. */
  public String shown() {
    return shape.name() + " version " + shape.version();
  }

  /** How the result is declared in the plain API. */
  Class<?> resultClass() {
    Type declared = entry.getGenericReturnType();
    return declared == void.class
        ? Void.class
        : declared instanceof Class<?> plain ? Arguments.boxed(plain) : Json.class;
  }

  /** A result of {@link #resultClass} as the entry method declares it. */
  @Nullable Object result(String what, @Nullable Object result) {
    return result instanceof Json json
        ? PAYLOADS.decodeTyped(what, entry.getGenericReturnType(), json.bytes())
        : result;
  }

  /** What the entry method returned, as a value of {@link #resultClass}. */
  @Nullable Object stored(String what, @Nullable Object result) {
    return resultClass() == Json.class
        ? new Json(PAYLOADS.encodeTyped(what, entry.getGenericReturnType(), result))
        : result;
  }

  /** The workflow in the plain API, run by {@code code}. */
  @SuppressWarnings("unchecked") // the classes are those that the code takes and returns
  WorkflowType<Object, Object> plain(WorkflowCode<Object, Object> code) {
    return WorkflowType.of(
        shape.name(),
        shape.version(),
        (Class<Object>) arguments.inputClass(),
        (Class<Object>) resultClass(),
        code);
  }

  /** A method by what its class file says of it. */
  static Method method(Class<?> in, WorkflowShape.Method wanted) {
    for (Class<?> each = in; each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.getName().equals(wanted.name())
            && MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .toMethodDescriptorString()
                .equals(wanted.descriptor())) {
          return method;
        }
      }
    }
    throw new ConfigurationException(
        "workflow class " + in.getName() + " was loaded from another file than the one on the class path: "
            + wanted.name() + " is missing");
  }
}
