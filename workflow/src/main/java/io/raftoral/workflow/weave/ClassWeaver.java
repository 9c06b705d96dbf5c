package io.raftoral.workflow.weave;

import io.raftoral.workflow.bytecode.Annotated;
import io.raftoral.workflow.bytecode.ClassIndex;
import java.lang.classfile.Annotation;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Interfaces;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.RuntimeVisibleAnnotationsAttribute;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weaves one class file. Three things change, and everything else, line numbers and variable names included, stays:
 *
 * <ul>
 *   <li>A {@code putfield} of a {@code @Replicated} field becomes an {@code invokedynamic} of {@link Bootstraps#assign},
 *       which makes the checkpoint and then assigns. Constructors assign their own object's fields as before: those are
 *       initial values.
 *   <li>A {@code @SideEffect} method is split: its code moves to a private method of the same name with one more
 *       parameter, and the method itself becomes an {@code invokedynamic} of {@link Bootstraps#effect}. So it does not
 *       matter who calls it, and how: method references, subclasses and other classes included.
 *   <li>The topmost class with anything of this implements {@link Woven}.
 * </ul>
 */
final class ClassWeaver {
  private static final ClassDesc BOOTSTRAPS = ClassDesc.of(Bootstraps.class.getName());
  private static final ClassDesc EFFECT_METHOD = ClassDesc.of(EffectMethod.class.getName());
  private static final ClassDesc WOVEN = ClassDesc.of(Woven.class.getName());
  private static final ClassDesc JOURNALED = ClassDesc.of(Journaled.class.getName());
  private static final ClassDesc WOVEN_CLASS = ClassDesc.of(WovenClass.class.getName());
  private static final String RUN = "raftoral$run";

  private static final DirectMethodHandleDesc ASSIGN =
      MethodHandleDesc.ofMethod(
          DirectMethodHandleDesc.Kind.STATIC,
          BOOTSTRAPS,
          "assign",
          MethodTypeDesc.of(
              ConstantDescs.CD_CallSite,
              ConstantDescs.CD_MethodHandles_Lookup,
              ConstantDescs.CD_String,
              ConstantDescs.CD_MethodType,
              ConstantDescs.CD_String));

  private static final DirectMethodHandleDesc EFFECT =
      MethodHandleDesc.ofMethod(
          DirectMethodHandleDesc.Kind.STATIC,
          BOOTSTRAPS,
          "effect",
          MethodTypeDesc.of(
              ConstantDescs.CD_CallSite,
              ConstantDescs.CD_MethodHandles_Lookup,
              ConstantDescs.CD_String,
              ConstantDescs.CD_MethodType));

  private final ClassIndex index;

  /** A weaver that looks other classes up in {@code index}. */
  ClassWeaver(ClassIndex index) {
    this.index = index;
  }

  /** Whether a class says anything that has to be woven. */
  static boolean isPart(ClassModel model) {
    return Annotated.has(model, "DistributedWorkflow")
        || model.fields().stream().anyMatch(field -> Annotated.has(field, "Replicated"))
        || model.methods().stream().anyMatch(ClassWeaver::isEffect);
  }

  /** Whether a class was woven before. */
  static boolean isWoven(ClassModel model) {
    return model
        .findAttribute(java.lang.classfile.Attributes.runtimeVisibleAnnotations())
        .stream()
        .flatMap(all -> all.annotations().stream())
        .anyMatch(each -> each.classSymbol().equals(WOVEN_CLASS));
  }

  static boolean isEffect(MethodModel method) {
    return Annotated.has(method, "SideEffect") && method.code().isPresent();
  }

  /** The class file as woven, or null if there is nothing to weave in it. */
  byte @Nullable [] weave(ClassModel model) {
    if (isWoven(model) || !isPart(model) && !assignsReplicated(model)) {
      return null;
    }
    boolean top = isTop(model);
    ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy()));
    return classFile.transformClass(
        model,
        new java.lang.classfile.ClassTransform() {
          private final List<Annotation> annotations = new ArrayList<>();
          private boolean hadInterfaces;

          @Override
          public void accept(ClassBuilder builder, ClassElement element) {
            switch (element) {
              case MethodModel method when isEffect(method) -> split(builder, model, method);
              case MethodModel method ->
                  builder.transformMethod(
                      method,
                      java.lang.classfile.MethodTransform.transformingCode(
                          (code, each) -> weave(model, method, code, each)));
              case Interfaces interfaces when top -> {
                hadInterfaces = true;
                List<ClassDesc> all = new ArrayList<>();
                interfaces.interfaces().forEach(each -> all.add(each.asSymbol()));
                all.add(WOVEN);
                builder.withInterfaceSymbols(all);
              }
              case RuntimeVisibleAnnotationsAttribute present -> annotations.addAll(present.annotations());
              default -> builder.with(element);
            }
          }

          @Override
          public void atEnd(ClassBuilder builder) {
            annotations.add(Annotation.of(WOVEN_CLASS));
            builder.with(RuntimeVisibleAnnotationsAttribute.of(annotations));
            if (top) {
              if (!hadInterfaces) {
                builder.withInterfaceSymbols(WOVEN);
              }
              addRun(builder, model.thisClass().asSymbol());
            }
          }
        });
  }

  private boolean assignsReplicated(ClassModel model) {
    for (MethodModel method : model.methods()) {
      for (CodeElement element : method.code().map(code -> code.elementList()).orElse(List.of())) {
        if (element instanceof FieldInstruction field && replicated(model, method, field) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** The topmost workflow class of a lineage carries the link to the run for all below it. */
  private boolean isTop(ClassModel model) {
    List<ClassModel> lineage = index.lineage(model);
    return carries(model) && lineage.stream().skip(1).noneMatch(ClassWeaver::carries);
  }

  private static boolean carries(ClassModel model) {
    return Annotated.has(model, "DistributedWorkflow")
        || model.fields().stream().anyMatch(field -> Annotated.has(field, "Replicated"));
  }

  /** The field that an instruction assigns, if that is a checkpoint; null if it is none. */
  private @Nullable FieldModel replicated(ClassModel model, MethodModel method, FieldInstruction instruction) {
    if (instruction.opcode() != Opcode.PUTFIELD) {
      return null;
    }
    FieldModel field = index.field(instruction.owner().asInternalName(), instruction.name().stringValue());
    if (field == null || !Annotated.has(field, "Replicated")) {
      return null;
    }
    boolean initializes =
        method.methodName().equalsString(ConstantDescs.INIT_NAME)
            && index.isSubtype(ClassIndex.name(model), ClassIndex.name(ClassIndex.ownerOf(field)));
    return initializes ? null : field;
  }

  private void weave(ClassModel model, MethodModel method, CodeBuilder code, CodeElement element) {
    FieldModel field = element instanceof FieldInstruction put ? replicated(model, method, put) : null;
    if (field == null || !(element instanceof FieldInstruction put)) {
      code.with(element);
      return;
    }
    Annotation annotation = Annotated.find(field, "Replicated");
    String name = put.name().stringValue();
    String variable = annotation == null ? name : Annotated.string(annotation, "name", name);
    code.invokedynamic(
        DynamicCallSiteDesc.of(
            ASSIGN,
            name,
            MethodTypeDesc.of(ConstantDescs.CD_void, put.owner().asSymbol(), put.typeSymbol()),
            variable.isEmpty() ? name : variable));
  }

  private void split(ClassBuilder builder, ClassModel model, MethodModel method) {
    MethodTypeDesc type = method.methodTypeSymbol();
    boolean isStatic = ClassIndex.isStatic(method);
    int kept = method.flags().flagsMask() & ~(ClassFile.ACC_SYNCHRONIZED | ClassFile.ACC_VARARGS);
    // The method as everybody sees it. It has no line of its own, so that a breakpoint stops in its code alone.
    builder.withMethod(
        method.methodName(),
        method.methodType(),
        method.flags().flagsMask() & ~ClassFile.ACC_SYNCHRONIZED,
        stub -> {
          method.attributes().stream()
              .filter(attribute -> !(attribute instanceof java.lang.classfile.CodeModel))
              .forEach(
                  attribute -> {
                    if (attribute instanceof java.lang.classfile.MethodElement element) {
                      stub.with(element);
                    }
                  });
          stub.withCode(code -> callEffect(code, model, method, type, isStatic));
        });
    int exposed = ClassFile.ACC_PUBLIC | ClassFile.ACC_PROTECTED | ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL;
    MethodTypeDesc bodyType = type.insertParameterTypes(type.parameterCount(), EFFECT_METHOD);
    builder.withMethod(
        method.methodName().stringValue(),
        bodyType,
        kept & ~exposed | ClassFile.ACC_PRIVATE | method.flags().flagsMask() & ClassFile.ACC_SYNCHRONIZED,
        body -> {
          int slots = (isStatic ? 0 : 1) + type.parameterList().stream().mapToInt(ClassWeaver::slots).sum();
          body.withCode(
              code ->
                  code.transform(
                      method.code().orElseThrow(),
                      LocalsShift.from(slots)
                          .andThen((woven, element) -> weave(model, method, woven, element))));
        });
  }

  private static int slots(ClassDesc type) {
    return TypeKind.from(type).slotSize();
  }

  private static void callEffect(
      CodeBuilder code, ClassModel model, MethodModel method, MethodTypeDesc type, boolean isStatic) {
    List<ClassDesc> parameters = new ArrayList<>();
    int slot = 0;
    if (!isStatic) {
      parameters.add(model.thisClass().asSymbol());
      code.aload(slot++);
    }
    for (ClassDesc parameter : type.parameterList()) {
      parameters.add(parameter);
      TypeKind kind = TypeKind.from(parameter);
      code.loadLocal(kind, slot);
      slot += kind.slotSize();
    }
    code.invokedynamic(
        DynamicCallSiteDesc.of(
            EFFECT, method.methodName().stringValue(), MethodTypeDesc.of(type.returnType(), parameters)));
    code.return_(TypeKind.from(type.returnType()));
  }

  private static void addRun(ClassBuilder builder, ClassDesc self) {
    int synthetic = ClassFile.ACC_PRIVATE | ClassFile.ACC_TRANSIENT | ClassFile.ACC_SYNTHETIC;
    builder.withField(RUN, JOURNALED, synthetic);
    int flags = ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC;
    builder.withMethodBody(
        RUN,
        MethodTypeDesc.of(JOURNALED),
        flags,
        code -> code.aload(0).getfield(self, RUN, JOURNALED).areturn());
    builder.withMethodBody(
        RUN,
        MethodTypeDesc.of(ConstantDescs.CD_void, JOURNALED),
        flags,
        code -> code.aload(0).aload(1).putfield(self, RUN, JOURNALED).return_());
  }

  /** Stack maps need to know which classes extend which, without loading any of them. */
  ClassHierarchyResolver hierarchy() {
    ClassHierarchyResolver known =
        type -> {
          if (!type.isClassOrInterface()) {
            return null;
          }
          String descriptor = type.descriptorString();
          ClassModel model = index.find(descriptor.substring(1, descriptor.length() - 1));
          if (model == null) {
            return null;
          }
          return model.flags().has(AccessFlag.INTERFACE)
              ? ClassHierarchyResolver.ClassHierarchyInfo.ofInterface()
              : ClassHierarchyResolver.ClassHierarchyInfo.ofClass(
                  model.superclass().map(entry -> entry.asSymbol()).orElse(null));
        };
    return known.orElse(ClassHierarchyResolver.defaultResolver());
  }
}
