package io.raftoral.workflow.lint;

import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.lint.CallRules.Broken;
import io.raftoral.workflow.lint.CallRules.Call;
import io.raftoral.workflow.lint.Value.Kind;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a method's code, in the order in which javac wrote it, with what is known of every value. Loops are passed
 * once: what a variable is does not change from one round to the next in code that people write.
 */
final class MethodScan {
  private final Observer observer;
  private final Map<Label, Frame> arriving = new HashMap<>();
  private final Map<Label, List<Label>> handlers = new HashMap<>();
  private final Map<String, Runnable> references = new LinkedHashMap<>();
  private @Nullable Frame frame = new Frame();
  private int line;
  private Value returned = Value.ANY;

  /** Told what the code does. */
  interface Observer {
    /** A rule is broken. */
    void broken(Rule rule, String what, int line);

    /** A method is called that is neither a rule's business nor exempt; returns what its result is. */
    Value called(Call call, Opcode opcode, int line);

    /** A lambda or method reference is made, with the values that it captures. */
    void lambda(DirectMethodHandleDesc target, List<Value> captured);

    /** A lambda that was made is the body of an effect or computation, which may do anything. */
    void exempt(String target);

    /** What is known of a value by its descriptor alone. */
    Value typed(String descriptor);

    /** A field is read; returns what is in it. */
    Value read(String owner, String field, String type, boolean isStatic, int line);

    /** A field is assigned. */
    void written(String owner, String field, boolean isStatic, @Nullable Value receiver, Value value, int line);

    /** An object's text or hash code is asked for. */
    boolean isIdentity(String owner, String method);
  }

  MethodScan(Observer observer) {
    this.observer = observer;
  }

  /** Passes over a method, given what is known of its parameters; returns what is known of its result. */
  Value scan(MethodModel method, List<Value> parameters) {
    int slot = 0;
    Frame entry = new Frame();
    List<ClassDesc> types = method.methodTypeSymbol().parameterList();
    int receiver = ClassIndex.isStatic(method) ? 0 : 1;
    for (int i = 0; i < types.size() + receiver; i++) {
      Value known = i < parameters.size() ? parameters.get(i) : Value.ANY;
      boolean byType = i >= receiver && known.is(Kind.ANY) && !known.wide();
      entry.local(slot, byType ? observer.typed(types.get(i - receiver).descriptorString()) : known);
      slot += i < receiver ? 1 : TypeKind.from(types.get(i - receiver)).slotSize();
    }
    frame = entry;
    List<CodeElement> code = method.code().orElseThrow().elementList();
    for (CodeElement element : code) {
      if (element instanceof ExceptionCatch caught) {
        handlers.computeIfAbsent(caught.tryStart(), label -> new ArrayList<>()).add(caught.handler());
      }
    }
    for (CodeElement element : code) {
      switch (element) {
        case LabelTarget target -> arrive(target.label());
        case LineNumber number -> line = number.line();
        default -> {
          Frame here = frame;
          if (here != null) {
            step(here, element);
          }
        }
      }
    }
    references.values().forEach(Runnable::run);
    return returned;
  }

  private void arrive(Label label) {
    Frame known = arriving.get(label);
    Frame here = frame;
    if (here == null) {
      frame = known == null ? new Frame() : known.copy();
    } else if (known != null) {
      here.join(known);
    }
    for (Label handler : handlers.getOrDefault(label, List.of())) {
      Frame now = frame;
      if (now != null) {
        reach(handler, now.handler());
      }
    }
  }

  private void reach(Label label, Frame from) {
    Frame known = arriving.get(label);
    if (known == null) {
      arriving.put(label, from.copy());
    } else {
      known.join(from);
    }
  }

  private void step(Frame at, CodeElement element) {
    switch (element) {
      case ConstantInstruction constant ->
          at.push(
              constant.constantValue() instanceof String text
                  ? Value.of(Kind.TEXT, text)
                  : typed(constant.typeKind()));
      case LoadInstruction load -> {
        Value value = at.local(load.slot());
        at.push(load.typeKind().slotSize() == 2 ? Value.WIDE : value, load.slot());
      }
      case StoreInstruction store -> at.local(store.slot(), at.pop());
      case ArrayLoadInstruction load -> {
        at.pop(2);
        at.push(typed(load.typeKind()));
      }
      case ArrayStoreInstruction _ -> {
        at.pop(2);
        Value array = at.pop();
        if (array.isStatic()) {
          observer.broken(Rule.STATIC_STATE, "assignment to an element of " + array.detail(), line);
        }
      }
      case StackInstruction stack -> stack(at, stack.opcode());
      case OperatorInstruction operator -> operate(at, operator);
      case ConvertInstruction convert -> {
        at.pop();
        at.push(typed(convert.toType()));
      }
      case TypeCheckInstruction check -> {
        if (check.opcode() == Opcode.INSTANCEOF) {
          at.pop();
          at.push(Value.ANY);
        }
      }
      case NewObjectInstruction _ -> at.push(Value.FRESH);
      case NewPrimitiveArrayInstruction _, NewReferenceArrayInstruction _ -> {
        at.pop();
        at.push(Value.of(Kind.ARRAY, ""));
      }
      case NewMultiArrayInstruction array -> {
        at.pop(array.dimensions());
        at.push(Value.of(Kind.ARRAY, ""));
      }
      case FieldInstruction field -> field(at, field);
      case InvokeInstruction invoke -> invoke(at, invoke);
      case InvokeDynamicInstruction dynamic -> dynamic(at, dynamic);
      case MonitorInstruction monitor -> {
        at.pop();
        if (monitor.opcode() == Opcode.MONITORENTER) {
          observer.broken(Rule.LOCK, "synchronized block", line);
        }
      }
      case BranchInstruction branch -> branch(at, branch);
      case LookupSwitchInstruction choice -> {
        at.pop();
        choice.cases().forEach(each -> reach(each.target(), at));
        reach(choice.defaultTarget(), at);
        frame = null;
      }
      case TableSwitchInstruction choice -> {
        at.pop();
        choice.cases().forEach(each -> reach(each.target(), at));
        reach(choice.defaultTarget(), at);
        frame = null;
      }
      case ReturnInstruction back -> {
        if (back.typeKind() == TypeKind.REFERENCE) {
          returned = returned.join(at.pop());
        }
        frame = null;
      }
      case ThrowInstruction _ -> frame = null;
      default -> {}
    }
  }

  private static Value typed(TypeKind kind) {
    return kind.slotSize() == 2 ? Value.WIDE : Value.ANY;
  }

  private static void stack(Frame at, Opcode opcode) {
    switch (opcode) {
      case POP -> at.drop(1);
      case POP2 -> at.drop(2);
      case DUP -> {
        int origin = at.origin(0);
        at.push(at.peek(), origin);
      }
      case DUP_X1 -> at.dup(1, 1);
      case DUP_X2 -> at.dup(1, 2);
      case DUP2 -> at.dup(2, 0);
      case DUP2_X1 -> at.dup(2, 1);
      case DUP2_X2 -> at.dup(2, 2);
      case SWAP -> at.swap();
      default -> {}
    }
  }

  private static void operate(Frame at, OperatorInstruction operator) {
    switch (operator.opcode()) {
      case INEG, LNEG, FNEG, DNEG -> {}
      case ARRAYLENGTH, LCMP, FCMPL, FCMPG, DCMPL, DCMPG -> {
        at.pop(operator.opcode() == Opcode.ARRAYLENGTH ? 1 : 2);
        at.push(Value.ANY);
      }
      default -> {
        at.pop(2);
        at.push(typed(operator.typeKind()));
      }
    }
  }

  private void branch(Frame at, BranchInstruction branch) {
    switch (branch.opcode()) {
      case GOTO, GOTO_W -> {
        reach(branch.target(), at);
        frame = null;
      }
      case IF_ICMPEQ, IF_ICMPNE, IF_ICMPLT, IF_ICMPGE, IF_ICMPGT, IF_ICMPLE, IF_ACMPEQ, IF_ACMPNE -> {
        at.pop(2);
        reach(branch.target(), at);
      }
      default -> {
        at.pop();
        reach(branch.target(), at);
      }
    }
  }

  private void field(Frame at, FieldInstruction field) {
    String owner = field.owner().asInternalName();
    String name = field.name().stringValue();
    String type = field.type().stringValue();
    switch (field.opcode()) {
      case GETFIELD -> {
        Value receiver = at.pop();
        Value value = observer.read(owner, name, type, false, line);
        at.push(receiver.is(Kind.STATIC) && value.isPlain() && !value.wide() ? receiver : value);
      }
      case GETSTATIC -> at.push(observer.read(owner, name, type, true, line));
      case PUTFIELD -> {
        Value value = at.pop();
        observer.written(owner, name, false, at.pop(), value, line);
      }
      default -> observer.written(owner, name, true, null, at.pop(), line);
    }
  }

  private void invoke(Frame at, InvokeInstruction invoke) {
    MethodTypeDesc type = invoke.typeSymbol();
    int count = type.parameterCount();
    int receiverOrigin = at.origin(count);
    int firstOrigin = at.origin(count - 1);
    List<Value> arguments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arguments.addFirst(at.pop());
    }
    Value receiver = invoke.opcode() == Opcode.INVOKESTATIC ? null : at.pop();
    String owner = invoke.owner().asInternalName();
    Call call =
        new Call(owner, invoke.name().stringValue(), type.descriptorString(), receiver, arguments);
    if (Exemptions.isBody(call)) {
      for (Value each : arguments) {
        if (each.is(Kind.LAMBDA)) {
          references.remove(each.detail());
          observer.exempt(each.detail());
        }
      }
    }
    Value result = evaluate(call, invoke.opcode());
    if (call.name().equals("<init>")) {
      // The reference was duplicated before the arguments; the copy is what the program uses.
      if (at.peek().equals(Value.FRESH)) {
        at.pop();
        at.push(result.is(Kind.TAINTED) ? result : created(call));
      }
      return;
    }
    if (call.name().equals("sort")) {
      at.sorted(receiver == null ? firstOrigin : receiverOrigin);
    }
    if (!type.returnType().descriptorString().equals("V")) {
      at.push(result);
    }
  }

  private Value created(Call call) {
    Value known = CallRules.created(call);
    return known.is(Kind.ANY) ? observer.typed("L" + call.owner() + ";") : known;
  }

  private Value evaluate(Call call, Opcode opcode) {
    Broken broken = CallRules.check(call);
    if (broken != null) {
      observer.broken(broken.rule(), broken.what(), line);
      Value known = CallRules.result(call);
      return known.is(Kind.ANY)
          ? new Value(Kind.TAINTED, known.wide(), broken.rule().id() + " " + call.shown())
          : known;
    }
    Value receiver = call.receiver();
    boolean asksText = call.name().matches("valueOf|toString|append") && !call.arguments().isEmpty();
    for (Value argument : asksText ? call.arguments() : List.<Value>of()) {
      if (argument.is(Kind.TYPED) && observer.isIdentity(argument.detail(), "toString()Ljava/lang/String;")) {
        observer.broken(Rule.IDENTITY, "text of " + CallRules.shown(argument.detail()), line);
      }
    }
    boolean asksObject = call.name().equals("hashCode") || call.name().equals("toString");
    if (asksObject
        && call.descriptor().startsWith("()")
        && opcode == Opcode.INVOKEVIRTUAL
        && receiver != null
        && (receiver.is(Kind.BARE_OBJECT)
            || receiver.is(Kind.ARRAY) && call.owner().equals("java/lang/Object")
            || call.owner().startsWith("[")
            || observer.isIdentity(
                receiver.is(Kind.TYPED) ? receiver.detail() : call.owner(), call.name() + call.descriptor()))) {
      observer.broken(Rule.IDENTITY, call.shown(), line);
    }
    Value known = CallRules.result(call);
    Value called = observer.called(call, opcode, line);
    String returns = call.descriptor().substring(call.descriptor().indexOf(')') + 1);
    return !known.is(Kind.ANY) || known.wide() ? known : called.is(Kind.ANY) && !called.wide() ? observer.typed(returns) : called;
  }

  private void dynamic(Frame at, InvokeDynamicInstruction dynamic) {
    MethodTypeDesc type = dynamic.typeSymbol();
    List<Value> captured = new ArrayList<>();
    for (int i = 0; i < type.parameterCount(); i++) {
      captured.addFirst(at.pop());
    }
    String bootstrap = dynamic.bootstrapMethod().methodName();
    if (bootstrap.startsWith("makeConcat")) {
      for (int i = 0; i < captured.size(); i++) {
        concatenated(type.parameterType(i), captured.get(i));
      }
    }
    Value made = Value.ANY;
    for (var argument : dynamic.bootstrapArgs()) {
      if (argument instanceof DirectMethodHandleDesc handle && bootstrap.toLowerCase(java.util.Locale.ROOT).contains("metafactory")) {
        observer.lambda(handle, captured);
        made = Value.of(Kind.LAMBDA, key(handle));
        int where = line;
        references.put(key(handle), () -> reference(handle, captured, where));
      }
    }
    if (!type.returnType().descriptorString().equals("V")) {
      at.push(made);
    }
  }

  /** A method reference calls what it names; what it is called with is not known. */
  private void reference(DirectMethodHandleDesc handle, List<Value> captured, int where) {
    if (handle.methodName().startsWith("lambda$")) {
      return;
    }
    boolean isStatic =
        switch (handle.kind()) {
          case STATIC, INTERFACE_STATIC -> true;
          default -> false;
        };
    Value receiver = isStatic ? null : captured.isEmpty() ? Value.ANY : captured.getFirst();
    String owner = internal(handle.owner());
    Broken broken =
        CallRules.check(new Call(owner, handle.methodName(), handle.lookupDescriptor(), receiver, List.of()));
    if (broken != null) {
      observer.broken(broken.rule(), broken.what(), where);
    } else if (handle.methodName().equals("hashCode") && observer.isIdentity(owner, "hashCode()I")) {
      observer.broken(Rule.IDENTITY, CallRules.shown(owner) + "::hashCode", where);
    }
  }

  private void concatenated(ClassDesc type, Value value) {
    String descriptor = type.descriptorString();
    if (value.is(Kind.UNORDERED)) {
      observer.broken(Rule.UNORDERED, "text of " + value.detail(), line);
    } else if (descriptor.startsWith("[") || value.is(Kind.ARRAY)) {
      observer.broken(Rule.IDENTITY, "text of an array", line);
    } else if (value.is(Kind.BARE_OBJECT)
        || descriptor.startsWith("L")
            && observer.isIdentity(descriptor.substring(1, descriptor.length() - 1), "toString()Ljava/lang/String;")) {
      observer.broken(Rule.IDENTITY, "text of an object without toString()", line);
    }
  }

  static String internal(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1) : descriptor;
  }

  static String key(DirectMethodHandleDesc handle) {
    return internal(handle.owner()) + "." + handle.methodName() + handle.lookupDescriptor();
  }
}
