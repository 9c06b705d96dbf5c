package io.raftoral.workflow.weave;

import io.raftoral.workflow.bytecode.Annotated;
import io.raftoral.workflow.bytecode.ClassIndex;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.instruction.LineNumber;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a class with {@code @DistributedWorkflow} says about itself, read from its class file and those of its
 * superclasses, and what is wrong with it. Used when a class is registered, and by clients.
 *
 * @param name of the workflow
 * @param entry its entry method, or null if there is a problem with it
 * @param problems why the class cannot be a workflow, each with the fix
 */
public record WorkflowShape(
    String name, int version, @Nullable Method entry, List<Problem> problems) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Set<String> OF_OBJECT =
      Set.of("toString()Ljava/lang/String;", "hashCode()I", "equals(Ljava/lang/Object;)Z", "finalize()V");
  private static final List<String> ROLES = List.of("SideEffect");

  private static final Map<String, String> MUTABLE = new LinkedHashMap<>();

  static {
    MUTABLE.put("java/util/Map", "declare it as ReplicatedMap, or assign a new immutable value for every change");
    MUTABLE.put("java/lang/Iterable", "declare it as ReplicatedList, or wrap an immutable value in a record");
    MUTABLE.put("java/lang/AbstractStringBuilder", "use String");
    MUTABLE.put("java/util/Dictionary", "declare it as ReplicatedMap");
    MUTABLE.put("java/util/Date", "use java.time.Instant");
    MUTABLE.put("java/util/Calendar", "use java.time.ZonedDateTime");
    MUTABLE.put("java/util/BitSet", "use a long, or an immutable record");
    MUTABLE.put("java/util/Iterator", "keep an index instead");
    MUTABLE.put("java/util/stream/BaseStream", "keep the values instead");
    MUTABLE.put("java/util/concurrent/Future", "keep the value instead");
    MUTABLE.put("java/util/concurrent/atomic/AtomicInteger", "use int: a workflow has one thread");
    MUTABLE.put("java/util/concurrent/atomic/AtomicLong", "use long: a workflow has one thread");
    MUTABLE.put("java/util/concurrent/atomic/AtomicBoolean", "use boolean: a workflow has one thread");
    MUTABLE.put("java/util/concurrent/atomic/AtomicReference", "use the value itself: a workflow has one thread");
  }

  /** Copies the list. */
  public WorkflowShape {
    problems = List.copyOf(problems);
  }

  /**
   * A method.
   *
   * @param owner the class that declares it, with slashes
   */
  public record Method(String owner, String name, String descriptor) {}

  /**
   * Something that is wrong.
   *
   * @param owner the class in which, with slashes
   * @param line 0 if it is not known
   */
  public record Problem(String owner, String message, int line) {
    @Override
    public String toString() {
      return message;
    }
  }

  /** Reads a class. */
  public static WorkflowShape of(ClassIndex index, ClassModel model) {
    return new Reader(index, model).read();
  }

  /** Whether a class is a workflow. */
  public static boolean isWorkflow(ClassModel model) {
    return Annotated.has(model, "DistributedWorkflow");
  }

  /** Collects while it reads. */
  private static final class Reader {
    private final ClassIndex index;
    private final ClassModel model;
    private final String self;
    private final List<Problem> problems = new ArrayList<>();

    Reader(ClassIndex index, ClassModel model) {
      this.index = index;
      this.model = model;
      self = simple(ClassIndex.name(model));
    }

    WorkflowShape read() {
      Annotation annotation = Annotated.find(model, "DistributedWorkflow");
      String name = self;
      int version = 1;
      if (annotation == null) {
        problem(model, self + " has no @DistributedWorkflow: add it, with a version", 0);
      } else {
        String given = Annotated.string(annotation, "name", "");
        name = given.isEmpty() ? self : given;
        version = version(annotation);
      }
      if (!NAME.matcher(name).matches()) {
        problem(
            model, "@DistributedWorkflow(name = \"" + name + "\"): letters, digits, '.', '_' and '-' only, at most 128", 0);
      }
      if (version < 1) {
        problem(model, "@DistributedWorkflow(version = " + version + ") of " + self + ": versions start at 1", 0);
      }
      checkKind();
      List<ClassModel> lineage = index.lineage(model);
      lineage.forEach(this::checkMethods);
      checkFields(lineage);
      return new WorkflowShape(name, version, entry(lineage), problems);
    }

    private static int version(Annotation annotation) {
      for (AnnotationElement element : annotation.elements()) {
        if (element.name().equalsString("version") && element.value() instanceof AnnotationValue.OfInt number) {
          return number.intValue();
        }
      }
      return 1;
    }

    private void checkKind() {
      if (model.flags().has(AccessFlag.INTERFACE) || model.flags().has(AccessFlag.ABSTRACT)) {
        problem(model, self + " is abstract: put @DistributedWorkflow on a class that can be instantiated", 0);
      }
      String superName = ClassIndex.superName(model);
      if ("java/lang/Record".equals(superName) || "java/lang/Enum".equals(superName)) {
        problem(model, self + " is a record or enum, whose objects are values: make it a class", 0);
      }
      Optional<InnerClassInfo> inner =
          model.findAttribute(Attributes.innerClasses()).stream()
              .flatMap(all -> all.classes().stream())
              .filter(each -> each.innerClass().asInternalName().equals(ClassIndex.name(model)))
              .findFirst();
      if (inner.isPresent()) {
        if (!inner.get().has(AccessFlag.STATIC) || model.findAttribute(Attributes.enclosingMethod()).isPresent()) {
          problem(model, self + " is an inner or local class, which needs an object around it: make it static", 0);
        }
      }
    }

    private void checkFields(List<ClassModel> lineage) {
      Map<String, String> variables = new LinkedHashMap<>();
      for (ClassModel owner : lineage) {
        for (FieldModel field : owner.fields()) {
          Annotation annotation = Annotated.find(field, "Replicated");
          if (annotation != null) {
            String name = field.fieldName().stringValue();
            String shown = "@Replicated " + simple(ClassIndex.name(owner)) + "." + name;
            checkField(owner, field, shown);
            String variable = Annotated.string(annotation, "name", name);
            String other = variables.putIfAbsent(variable.isEmpty() ? name : variable, shown);
            if (other != null) {
              problem(
                  owner,
                  shown + " and " + other + " have the same name in the journal: give one another with name = \"…\"",
                  0);
            }
          }
        }
      }
    }

    private void checkField(ClassModel owner, FieldModel field, String shown) {
      if (field.flags().has(AccessFlag.STATIC)) {
        problem(
            owner, shown + " is static, so all runs would share it: remove \"static\", or remove @Replicated", 0);
      }
      if (field.flags().has(AccessFlag.FINAL)) {
        problem(
            owner, shown + " is final, so nothing can be assigned to it: remove \"final\", or remove @Replicated", 0);
      }
      String type = field.fieldType().stringValue();
      if (type.startsWith("[")) {
        problem(
            owner,
            shown + " is an array, whose elements can be changed unseen: declare it as ReplicatedList, or keep the"
                + " elements in a record",
            0);
      } else if (type.startsWith("L")) {
        String name = type.substring(1, type.length() - 1);
        if (name.equals("io/raftoral/workflow/ReplicatedList") || name.equals("io/raftoral/workflow/ReplicatedMap")) {
          problem(owner, shown + " replicates its own changes: remove @Replicated, and make it final", 0);
          return;
        }
        for (Map.Entry<String, String> each : MUTABLE.entrySet()) {
          if (index.isSubtype(name, each.getKey())) {
            problem(
                owner,
                shown + " is a " + simple(name) + ", which can be changed in place, and only assignments are"
                    + " replicated: " + each.getValue(),
                0);
            return;
          }
        }
      }
    }

    private void checkMethods(ClassModel owner) {
      for (MethodModel method : owner.methods()) {
        List<String> roles = ROLES.stream().filter(each -> Annotated.has(method, each)).toList();
        if (roles.isEmpty()) {
          continue;
        }
        String shown = "@" + roles.getFirst() + " " + simple(ClassIndex.name(owner)) + "." + method.methodName();
        if (method.code().isEmpty()) {
          problem(
              owner, shown + " has no body: annotate the method that implements it, and not its declaration", 0);
        }
      }
    }

    private @Nullable Method entry(List<ClassModel> lineage) {
      Map<String, Method> open = new LinkedHashMap<>();
      Map<String, Method> half = new LinkedHashMap<>();
      Map<String, MethodModel> seen = new LinkedHashMap<>();
      for (ClassModel owner : lineage) {
        for (MethodModel method : owner.methods()) {
          String signature = method.methodName().stringValue() + method.methodType().stringValue();
          if (seen.putIfAbsent(signature, method) == null && mayBeEntry(method, signature)) {
            Method found =
                new Method(
                    ClassIndex.name(owner), method.methodName().stringValue(), method.methodType().stringValue());
            if (method.flags().has(AccessFlag.PUBLIC)) {
              open.put(signature, found);
            } else if (!method.flags().has(AccessFlag.PRIVATE)) {
              half.put(signature, found);
            }
          }
        }
      }
      Map<String, Method> candidates = open.isEmpty() ? half : open;
      if (candidates.size() == 1) {
        return candidates.values().iterator().next();
      }
      if (candidates.isEmpty()) {
        problem(
            model,
            self + " has no entry method: add one public method without annotations, such as"
                + " \"public Receipt run(Order order)\"",
            0);
      } else {
        List<String> names = candidates.values().stream().map(each -> each.name + "()").toList();
        problem(
            model,
            self + " has " + names.size() + " methods that could be its entry, " + String.join(", ", names)
                + ": leave one public, and make the others private or, if they touch the outside world, @SideEffect",
            line(seen.get(candidates.keySet().stream().skip(1).findFirst().orElseThrow())));
      }
      return null;
    }

    private static boolean mayBeEntry(MethodModel method, String signature) {
      return !ClassIndex.isStatic(method)
          && !method.methodName().stringValue().startsWith("<")
          && !method.methodName().stringValue().startsWith("raftoral$")
          && !method.flags().has(AccessFlag.SYNTHETIC)
          && !method.methodType().stringValue().contains("Lio/raftoral/workflow/weave/EffectMethod;")
          && !OF_OBJECT.contains(signature)
          && ROLES.stream().noneMatch(each -> Annotated.has(method, each));
    }

    private static int line(@Nullable MethodModel method) {
      if (method == null || method.code().isEmpty()) {
        return 0;
      }
      for (var element : method.code().get()) {
        if (element instanceof LineNumber line) {
          return line.line();
        }
      }
      return 0;
    }

    private void problem(ClassModel owner, String message, int line) {
      problems.add(new Problem(ClassIndex.name(owner), message, line));
    }

    private static String simple(String name) {
      String withoutPackage = name.substring(name.lastIndexOf('/') + 1);
      return withoutPackage.substring(withoutPackage.lastIndexOf('$') + 1);
    }
  }
}
