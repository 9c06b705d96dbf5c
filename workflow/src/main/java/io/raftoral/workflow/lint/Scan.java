package io.raftoral.workflow.lint;

import io.raftoral.workflow.bytecode.Annotated;
import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassIndex.Declared;
import io.raftoral.workflow.lint.CallRules.Call;
import io.raftoral.workflow.lint.Value.Kind;
import io.raftoral.workflow.weave.WorkflowShape;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks through all the code that a workflow can reach: its entry method and constructors, and from there
 * whatever the application's own classes call. Bodies of side effects are not looked into. A call of an interface's or a
 * superclass's method leads to what was instantiated on the way.
 */
public final class Scan {
  /** Methods looked into at most; an application has fewer. */
  private static final int MAX_METHODS = 20_000;

  private final ClassIndex index;
  private final Predicate<String> isApplication;
  private final Map<String, List<Value>> parameters = new HashMap<>();
  private final Map<String, Value> results = new HashMap<>();
  private final Map<String, Map<String, Value>> statics = new HashMap<>();
  private final Map<String, Map<String, Value>> fields = new HashMap<>();
  private final Deque<Declared> waiting = new ArrayDeque<>();
  private final Set<String> instantiated = new LinkedHashSet<>();
  private final Map<String, Call> virtual = new LinkedHashMap<>();
  private final Set<Finding> findings = new LinkedHashSet<>();
  private int scanned;

  private Scan(ClassIndex index, Predicate<String> isApplication) {
    this.index = index;
    this.isApplication = name -> !ClassIndex.isPlatform(name) && isApplication.test(name);
  }

  /**
   * Scans a workflow class.
   *
   * @param isApplication whether a class (with slashes) is the application's own
   */
  public static List<Finding> of(ClassIndex index, ClassModel workflow, Predicate<String> isApplication) {
    Scan scan = new Scan(index, isApplication);
    WorkflowShape shape = WorkflowShape.of(index, workflow);
    List<ClassModel> lineage = index.lineage(workflow);
    scan.instantiated.add(ClassIndex.name(workflow));
    for (ClassModel each : lineage) {
      for (MethodModel method : each.methods()) {
        if (method.methodName().equalsString("<init>")) {
          scan.enqueue(new Declared(each, method), List.of());
        }
      }
    }
    WorkflowShape.Method entry = shape.entry();
    if (entry != null) {
      Declared found = index.resolve(ClassIndex.name(workflow), entry.name(), entry.descriptor());
      if (found != null) {
        scan.enqueue(found, List.of());
      }
    }
    scan.run();
    return scan.findings.stream()
        .sorted(Comparator.comparing(Finding::owner).thenComparingInt(Finding::line).thenComparing(Finding::what))
        .toList();
  }

  private void run() {
    while (!waiting.isEmpty() && scanned < MAX_METHODS) {
      Declared next = waiting.removeFirst();
      scanned++;
      Looker looker = new Looker(next);
      Value result = new MethodScan(looker).scan(next.method(), parameters.getOrDefault(key(next), List.of()));
      results.put(key(next), result);
      looker.finish();
      if (waiting.isEmpty()) {
        followVirtual();
      }
    }
  }

  /** Methods of interfaces and superclasses lead to those of every class that was instantiated so far. */
  private void followVirtual() {
    for (Call call : List.copyOf(virtual.values())) {
      for (String each : List.copyOf(instantiated)) {
        if (index.isSubtype(each, call.owner())) {
          Declared found = index.resolve(each, call.name(), call.descriptor());
          if (found != null && isApplication.test(ClassIndex.name(found.owner()))) {
            enqueue(found, List.of());
          }
        }
      }
    }
  }

  private static String key(Declared declared) {
    return ClassIndex.name(declared.owner()) + "." + declared.method().methodName()
        + declared.method().methodType().stringValue();
  }

  /** Looks into a method, again if more is known of its parameters than before. */
  private void enqueue(Declared declared, List<Value> known) {
    MethodModel method = declared.method();
    if (method.code().isEmpty() || Annotated.has(method, "SideEffect")) {
      return;
    }
    String key = key(declared);
    List<Value> before = parameters.get(key);
    List<Value> after = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      Value value = known.get(i);
      boolean suspicious = value.is(Kind.UNORDERED) || value.is(Kind.STATIC) || value.is(Kind.ARRAY);
      Value kept = suspicious ? value : value.wide() ? Value.WIDE : Value.ANY;
      Value had = before == null || i >= before.size() ? Value.ANY : before.get(i);
      after.add(had.is(Kind.ANY) ? kept : had);
    }
    if (before == null || suspicions(after) > suspicions(before)) {
      parameters.put(key, after);
      if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
        add(declared, Rule.LOCK, "synchronized method", 0);
      }
      waiting.add(declared);
    }
  }

  private static long suspicions(List<Value> values) {
    return values.stream().filter(each -> !each.isPlain()).count();
  }

  private void add(Declared in, Rule rule, String what, int line) {
    if (!Suppressions.allows(index, in, rule, this::unexplained)) {
      String file =
          in.owner().findAttribute(Attributes.sourceFile()).map(each -> each.sourceFile().stringValue()).orElse("");
      findings.add(
          new Finding(rule, ClassIndex.name(in.owner()), Suppressions.around(in.method()), file, line, what));
    }
  }

  private void unexplained(Declared in) {
    findings.add(
        new Finding(
            Rule.SUPPRESSION,
            ClassIndex.name(in.owner()),
            Suppressions.around(in.method()),
            "",
            0,
            "@AllowNondeterminism without a reason"));
  }

  /** What a class's code puts into its fields; non-deterministic values in static ones included. */
  private Map<String, Value> fieldsOf(String owner, boolean isStatic) {
    Map<String, Map<String, Value>> all = isStatic ? statics : fields;
    Map<String, Value> known = all.get(owner);
    if (known != null) {
      return known;
    }
    Map<String, Value> found = new HashMap<>();
    all.put(owner, found);
    ClassModel model = index.find(owner);
    if (model != null) {
      for (MethodModel method : model.methods()) {
        boolean initializes = method.methodName().equalsString("<clinit>");
        if (method.code().isPresent() && initializes == isStatic) {
          new MethodScan(new FieldLooker(owner, isStatic, found)).scan(method, List.of());
        }
      }
    }
    return found;
  }

  private boolean isChanged(ClassModel owner, FieldModel field) {
    String name = field.fieldName().stringValue();
    for (MethodModel method : owner.methods()) {
      if (!method.methodName().equalsString("<clinit>") && method.code().isPresent()) {
        for (var element : method.code().get()) {
          if (element instanceof FieldInstruction put
              && put.opcode() == Opcode.PUTSTATIC
              && put.name().equalsString(name)
              && put.owner().asInternalName().equals(ClassIndex.name(owner))) {
            return true;
          }
        }
      }
    }
    return !field.flags().has(AccessFlag.PRIVATE) && !field.flags().has(AccessFlag.SYNTHETIC);
  }

  private boolean identity(String owner, String method) {
    ClassModel model = index.find(owner);
    if (model == null
        || owner.equals("java/lang/Object")
        || model.flags().has(AccessFlag.ABSTRACT)
        || model.flags().has(AccessFlag.INTERFACE)) {
      return method.startsWith("hashCode") && model != null && "java/lang/Enum".equals(ClassIndex.superName(model));
    }
    Declared found = index.resolve(owner, method.substring(0, method.indexOf('(')), method.substring(method.indexOf('(')));
    if (found == null) {
      return false;
    }
    String declaring = ClassIndex.name(found.owner());
    return declaring.equals("java/lang/Object") || method.startsWith("hashCode") && declaring.equals("java/lang/Enum");
  }

  /** Collects what the initializers and constructors of a class put into its fields. */
  private static final class FieldLooker implements MethodScan.Observer {
    private final String owner;
    private final boolean isStatic;
    private final Map<String, Value> found;

    FieldLooker(String owner, boolean isStatic, Map<String, Value> found) {
      this.owner = owner;
      this.isStatic = isStatic;
      this.found = found;
    }

    @Override
    public void broken(Rule rule, String what, int line) {}

    @Override
    public Value called(Call call, Opcode opcode, int line) {
      return Value.ANY;
    }

    @Override
    public void lambda(DirectMethodHandleDesc target, List<Value> captured) {}

    @Override
    public void exempt(String target) {}

    @Override
    public Value read(String of, String field, String type, boolean fromStatic, int line) {
      return type.equals("J") || type.equals("D") ? Value.WIDE : Value.ANY;
    }

    @Override
    public void written(
        String of, String field, boolean toStatic, @Nullable Value receiver, Value value, int line) {
      if (of.equals(owner) && toStatic == isStatic) {
        found.merge(field, value, Value::join);
      }
    }

    @Override
    public Value typed(String descriptor) {
      return Value.ANY;
    }

    @Override
    public boolean isIdentity(String of, String method) {
      return false;
    }
  }

  /** Looks at one method of the workflow's code. */
  private final class Looker implements MethodScan.Observer {
    private final Declared in;
    private final Map<String, List<Value>> lambdas = new LinkedHashMap<>();
    private final Map<String, DirectMethodHandleDesc> targets = new HashMap<>();

    Looker(Declared in) {
      this.in = in;
    }

    @Override
    public void broken(Rule rule, String what, int line) {
      add(in, rule, what, line);
    }

    @Override
    public Value called(Call call, Opcode opcode, int line) {
      String returned = call.descriptor().substring(call.descriptor().indexOf(')') + 1);
      Value unknown = returned.equals("J") || returned.equals("D") ? Value.WIDE : Value.ANY;
      if (call.name().equals("<init>") && isApplication.test(call.owner())) {
        instantiated.add(call.owner());
      }
      Declared found = index.resolve(call.owner(), call.name(), call.descriptor());
      if (found == null) {
        return unknown;
      }
      String declaring = ClassIndex.name(found.owner());
      if (!isApplication.test(declaring)) {
        // The application's class is called by the name of its own, and the code is the JDK's: new MyThread().start().
        if (!declaring.equals(call.owner()) && !call.name().matches("hashCode|toString|equals|getClass")) {
          Rule rule = RuleTable.of(declaring, call.name(), call.descriptor());
          if (rule != null) {
            add(in, rule, call.shown(), line);
          }
        }
        return unknown;
      }
      if (opcode == Opcode.INVOKEVIRTUAL || opcode == Opcode.INVOKEINTERFACE) {
        virtual.putIfAbsent(call.owner() + "." + call.name() + call.descriptor(), call);
      }
      List<Value> known = new ArrayList<>();
      if (call.receiver() != null) {
        known.add(call.receiver());
      }
      known.addAll(call.arguments());
      enqueue(found, known);
      Value result = results.get(key(found));
      if (result == null && found.method().code().isPresent() && !Annotated.has(found.method(), "SideEffect")) {
        results.put(key(found), Value.ANY);
        result = new MethodScan(new FieldLooker("", false, new HashMap<>())).scan(found.method(), known);
        results.put(key(found), result);
      }
      return result == null || unknown.wide() ? unknown : result.is(Kind.UNORDERED) ? result : Value.ANY;
    }

    @Override
    public void lambda(DirectMethodHandleDesc target, List<Value> captured) {
      lambdas.put(MethodScan.key(target), captured);
      targets.put(MethodScan.key(target), target);
    }

    @Override
    public void exempt(String target) {
      lambdas.remove(target);
    }

    void finish() {
      lambdas.forEach(
          (key, captured) -> {
            DirectMethodHandleDesc target = targets.get(key);
            if (target != null) {
              String owner = MethodScan.internal(target.owner());
              Declared found = index.resolve(owner, target.methodName(), target.lookupDescriptor());
              if (found != null && isApplication.test(ClassIndex.name(found.owner()))) {
                if (target.methodName().equals("<init>")) {
                  instantiated.add(owner);
                }
                enqueue(found, target.methodName().equals("<init>") ? List.of() : captured);
              }
            }
          });
    }

    @Override
    public Value read(String owner, String name, String type, boolean isStatic, int line) {
      Value plain =
          type.equals("J") || type.equals("D")
              ? Value.WIDE
              : type.startsWith("[") ? Value.of(Kind.ARRAY, "") : Value.ANY;
      if (owner.equals("java/lang/System") && name.equals("in")) {
        add(in, Rule.IO, "System.in", line);
      }
      FieldModel field = isApplication.test(owner) ? index.field(owner, name) : null;
      if (field == null) {
        return plain;
      }
      ClassModel declaring = ClassIndex.ownerOf(field);
      String shown = CallRules.shown(ClassIndex.name(declaring)) + "." + name;
      Value content = fieldsOf(ClassIndex.name(declaring), isStatic).getOrDefault(name, Value.ANY);
      if (!isStatic) {
        return content.is(Kind.UNORDERED) || content.is(Kind.ORDERED) ? content : plain.isPlain() && !plain.wide() ? typed(type) : plain;
      }
      boolean inInitializer = in.method().methodName().equalsString("<clinit>");
      if (!field.flags().has(AccessFlag.FINAL) && isChanged(declaring, field) && !inInitializer) {
        add(in, Rule.STATIC_STATE, "read of static field " + shown + ", which is not final", line);
      }
      if (content.is(Kind.TAINTED)) {
        String[] cause = content.detail().split(" ", 2);
        for (Rule rule : Rule.values()) {
          if (rule.id().equals(cause[0])) {
            add(in, rule, "static field " + shown + ", which holds " + cause[1], line);
          }
        }
      }
      if (content.is(Kind.UNORDERED)) {
        return Value.of(Kind.UNORDERED, "static field " + shown);
      }
      return type.startsWith("L") || type.startsWith("[") ? Value.of(Kind.STATIC, "static field " + shown) : plain;
    }

    @Override
    public void written(
        String owner, String name, boolean isStatic, @Nullable Value receiver, Value value, int line) {
      boolean initializer = in.method().methodName().equalsString("<clinit>");
      if (isStatic && !initializer && isApplication.test(owner)) {
        add(in, Rule.STATIC_STATE, "assignment to static field " + CallRules.shown(owner) + "." + name, line);
      } else if (!isStatic && receiver != null && receiver.is(Kind.STATIC)) {
        add(in, Rule.STATIC_STATE, "assignment to field " + name + " of " + receiver.detail(), line);
      }
    }

    @Override
    public Value typed(String descriptor) {
      String name = descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1) : "";
      return !name.isEmpty() && isApplication.test(name) ? Value.of(Kind.TYPED, name) : Value.ANY;
    }

    @Override
    public boolean isIdentity(String owner, String method) {
      return identity(owner, method);
    }
  }
}
