package io.raftoral.workflow.weave;

import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassIndex.Declared;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a twin reach what its original could. A twin has another name, so it is no nest mate of the classes that it shares
 * its source file with: their private members are reached by {@code invokedynamic} of {@link Bootstraps#access}. And a
 * twin has no static state: its static fields are those of the original, which other classes see as well.
 */
final class Bridges {
  private static final DirectMethodHandleDesc ACCESS =
      MethodHandleDesc.ofMethod(
          DirectMethodHandleDesc.Kind.STATIC,
          ClassDesc.of(Bootstraps.class.getName()),
          "access",
          MethodTypeDesc.of(
              ConstantDescs.CD_CallSite,
              ConstantDescs.CD_MethodHandles_Lookup,
              ConstantDescs.CD_String,
              ConstantDescs.CD_MethodType,
              ConstantDescs.CD_String,
              ConstantDescs.CD_String,
              ConstantDescs.CD_String));

  private final ClassIndex index;
  private final Map<String, String> originals;

  /**
   * Bridges for twins.
   *
   * @param index knows twins and originals
   * @param originals by the names of their twins
   */
  Bridges(ClassIndex index, Map<String, String> originals) {
    this.index = index;
    this.originals = originals;
  }

  /** The twin, with bridges to everything that it may not reach. */
  byte[] build(ClassModel twin, ClassWeaver weaver) {
    ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(weaver.hierarchy()));
    List<Bridged> handles = new ArrayList<>();
    return classFile.transformClass(
        twin,
        new ClassTransform() {
          @Override
          public void accept(ClassBuilder builder, ClassElement element) {
            switch (element) {
              case MethodModel method when method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME) -> {}
              case FieldModel field when field.flags().has(AccessFlag.STATIC) -> {}
              case MethodModel method when method.code().isPresent() -> {
                MethodBridges bridges = new MethodBridges(twin, method, handles);
                builder.transformMethod(
                    method, java.lang.classfile.MethodTransform.transformingCode(bridges::accept));
              }
              default -> builder.with(element);
            }
          }

          @Override
          public void atEnd(ClassBuilder builder) {
            for (Bridged each : handles) {
              builder.withMethodBody(
                  each.name,
                  each.type,
                  ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                  code -> {
                    int slot = 0;
                    for (ClassDesc parameter : each.type.parameterList()) {
                      TypeKind kind = TypeKind.from(parameter);
                      code.loadLocal(kind, slot);
                      slot += kind.slotSize();
                    }
                    code.invokedynamic(each.target);
                    code.return_(TypeKind.from(each.type.returnType()));
                  });
            }
          }
        });
  }

  /** A method that stands for a handle which cannot be a constant of the twin. */
  private record Bridged(String name, MethodTypeDesc type, DynamicCallSiteDesc target) {}

  private static DynamicCallSiteDesc site(
      Access access, String owner, String member, String descriptor, MethodTypeDesc type) {
    String name = access == Access.CONSTRUCT ? "new" : member;
    return DynamicCallSiteDesc.of(ACCESS, name, type, access.name(), ClassIndex.shown(owner), descriptor);
  }

  /** Whether twin code may not use a member of {@code owner} that is accessible like this. */
  private boolean outOfReach(ClassModel twin, ClassModel owner, boolean isPrivate, boolean isPublic, boolean isProtected) {
    String name = ClassIndex.name(owner);
    if (isPublic || originals.containsKey(name)) {
      return false;
    }
    if (isPrivate) {
      return true;
    }
    boolean samePackage = packageOf(name).equals(packageOf(ClassIndex.name(twin)));
    return !samePackage && !(isProtected && index.isSubtype(ClassIndex.name(twin), name));
  }

  private static String packageOf(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('/')));
  }

  /** One method's worth: constructors of others are two instructions, far apart, so it looks ahead. */
  private final class MethodBridges {
    private final ClassModel twin;
    private final List<Bridged> handles;

    // Elements by their number: the objects themselves are made anew by each pass.
    private final Set<Integer> dropped = new HashSet<>();
    private final Set<Integer> constructs = new HashSet<>();
    private int next;

    MethodBridges(ClassModel twin, MethodModel method, List<Bridged> handles) {
      this.twin = twin;
      this.handles = handles;
      plan(method.code().orElseThrow().elementList());
    }

    private void plan(List<CodeElement> elements) {
      Deque<Integer> pending = new ArrayDeque<>();
      for (int i = 0; i < elements.size(); i++) {
        switch (elements.get(i)) {
          case NewObjectInstruction _ -> pending.push(i);
          case InvokeInstruction call when isConstructor(call) && isNew(elements, pending, call) -> {
            int at = pending.pop();
            if (outOfReach(method(call))) {
              dropped.add(at);
              dropped.add(duplicate(elements, at));
              constructs.add(i);
            }
          }
          default -> {}
        }
      }
    }

    private static boolean isConstructor(InvokeInstruction call) {
      return call.name().equalsString(ConstantDescs.INIT_NAME);
    }

    private static boolean isNew(List<CodeElement> elements, Deque<Integer> pending, InvokeInstruction call) {
      Integer at = pending.peek();
      return at != null
          && elements.get(at) instanceof NewObjectInstruction created
          && created.className().asInternalName().equals(call.owner().asInternalName());
    }

    /** javac always duplicates the new object at once, for the constructor to consume one. */
    private int duplicate(List<CodeElement> elements, int at) {
      for (int i = at + 1; i < elements.size(); i++) {
        if (elements.get(i) instanceof StackInstruction stack && stack.opcode() == Opcode.DUP) {
          return i;
        }
        if (elements.get(i) instanceof java.lang.classfile.Instruction) {
          break;
        }
      }
      throw new UnweavableException(
          ClassIndex.shown(ClassIndex.name(twin)) + ": an object is created in a way that javac does not");
    }

    private @Nullable Declared method(InvokeInstruction call) {
      return index.resolve(call.owner().asInternalName(), call.name().stringValue(), call.type().stringValue());
    }

    private boolean outOfReach(@Nullable Declared declared) {
      if (declared == null) {
        return false;
      }
      var flags = declared.method().flags();
      return Bridges.this.outOfReach(
          twin,
          declared.owner(),
          flags.has(AccessFlag.PRIVATE),
          flags.has(AccessFlag.PUBLIC),
          flags.has(AccessFlag.PROTECTED));
    }

    void accept(CodeBuilder code, CodeElement element) {
      int number = next++;
      if (dropped.contains(number)) {
        return;
      }
      switch (element) {
        case FieldInstruction field -> field(code, field);
        case InvokeInstruction call when constructs.contains(number) ->
            code.invokedynamic(construct(call.owner().asSymbol(), call.typeSymbol()));
        case InvokeInstruction call when !isConstructor(call) -> {
          Declared declared = method(call);
          if (declared != null && outOfReach(declared)) {
            code.invokedynamic(
                call(declared, call.owner().asSymbol(), call.typeSymbol(), call.opcode() == Opcode.INVOKESTATIC));
          } else {
            code.with(call);
          }
        }
        case InvokeDynamicInstruction dynamic -> dynamic(code, dynamic);
        default -> code.with(element);
      }
    }

    private void field(CodeBuilder code, FieldInstruction instruction) {
      FieldModel field = index.field(instruction.owner().asInternalName(), instruction.name().stringValue());
      if (field == null) {
        code.with(instruction);
        return;
      }
      boolean isStatic = instruction.opcode() == Opcode.GETSTATIC || instruction.opcode() == Opcode.PUTSTATIC;
      boolean reads = instruction.opcode() == Opcode.GETSTATIC || instruction.opcode() == Opcode.GETFIELD;
      ClassModel declaring = ClassIndex.ownerOf(field);
      String declared = ClassIndex.name(declaring);
      String owner = isStatic ? originals.getOrDefault(declared, declared) : declared;
      ClassModel real = index.find(owner);
      if (real == null
          || !Bridges.this.outOfReach(
              twin,
              real,
              field.flags().has(AccessFlag.PRIVATE),
              field.flags().has(AccessFlag.PUBLIC),
              field.flags().has(AccessFlag.PROTECTED))) {
        if (owner.equals(declared)) {
          code.with(instruction);
        } else {
          checkStatic(instruction);
          code.fieldAccess(
              instruction.opcode(),
              ClassDesc.ofInternalName(owner),
              instruction.name().stringValue(),
              instruction.typeSymbol());
        }
        return;
      }
      ClassDesc type = instruction.typeSymbol();
      Access access = isStatic ? reads ? Access.GET_STATIC : Access.SET_STATIC : reads ? Access.GET : Access.SET;
      List<ClassDesc> parameters = new ArrayList<>();
      if (!isStatic) {
        parameters.add(instruction.owner().asSymbol());
      } else {
        checkStatic(instruction);
      }
      if (!reads) {
        parameters.add(type);
      }
      code.invokedynamic(
          site(
              access,
              owner,
              instruction.name().stringValue(),
              type.descriptorString(),
              MethodTypeDesc.of(reads ? type : ConstantDescs.CD_void, parameters)));
    }

    /** The original's static field holds an original, and the twin's code would take it for a twin. */
    private void checkStatic(FieldInstruction instruction) {
      String type = instruction.type().stringValue();
      for (String each : originals.keySet()) {
        if (type.contains("L" + each + ";")) {
          throw new UnweavableException(
              "the static field " + ClassIndex.shown(instruction.owner().asInternalName()).replace(Twin.SUFFIX, "")
                  + "." + instruction.name().stringValue() + " holds an object of a class that is woven"
                  + " when the workflow is registered; make it an instance field, or weave at build time");
        }
      }
    }

    private DynamicCallSiteDesc construct(ClassDesc owner, MethodTypeDesc type) {
      return site(
          Access.CONSTRUCT, internal(owner), ConstantDescs.INIT_NAME, type.descriptorString(), type.changeReturnType(owner));
    }

    private DynamicCallSiteDesc call(Declared declared, ClassDesc receiver, MethodTypeDesc type, boolean isStatic) {
      return site(
          isStatic ? Access.CALL_STATIC : Access.CALL,
          ClassIndex.name(declared.owner()),
          declared.method().methodName().stringValue(),
          type.descriptorString(),
          isStatic ? type : type.insertParameterTypes(0, receiver));
    }

    /** Method references and lambdas: a handle that the twin may not use is replaced by one on a bridge. */
    private void dynamic(CodeBuilder code, InvokeDynamicInstruction instruction) {
      List<ConstantDesc> arguments = new ArrayList<>();
      boolean changed = false;
      for (ConstantDesc argument : instruction.bootstrapArgs()) {
        DirectMethodHandleDesc replaced =
            argument instanceof DirectMethodHandleDesc handle ? bridged(handle) : null;
        arguments.add(replaced == null ? argument : replaced);
        changed |= replaced != null;
      }
      if (!changed) {
        code.with(instruction);
        return;
      }
      code.invokedynamic(
          DynamicCallSiteDesc.of(
              instruction.bootstrapMethod(),
              instruction.name().stringValue(),
              instruction.typeSymbol(),
              arguments.toArray(ConstantDesc[]::new)));
    }

    private @Nullable DirectMethodHandleDesc bridged(DirectMethodHandleDesc handle) {
      String owner = internal(handle.owner());
      Declared declared = index.resolve(owner, handle.methodName(), handle.lookupDescriptor());
      if (declared == null || !outOfReach(declared)) {
        return null;
      }
      MethodTypeDesc type = MethodTypeDesc.ofDescriptor(handle.lookupDescriptor());
      DynamicCallSiteDesc target =
          switch (handle.kind()) {
            case CONSTRUCTOR -> construct(handle.owner(), type);
            case STATIC, INTERFACE_STATIC -> call(declared, handle.owner(), type, true);
            default -> call(declared, handle.owner(), type, false);
          };
      Bridged bridge = new Bridged("raftoral$bridge$" + handles.size(), target.invocationType(), target);
      handles.add(bridge);
      return MethodHandleDesc.ofMethod(
          DirectMethodHandleDesc.Kind.STATIC, twin.thisClass().asSymbol(), bridge.name, bridge.type);
    }

    private static String internal(ClassDesc type) {
      String descriptor = type.descriptorString();
      return descriptor.substring(1, descriptor.length() - 1);
    }
  }
}
