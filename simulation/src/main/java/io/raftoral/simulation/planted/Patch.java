package io.raftoral.simulation.planted;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.concurrent.atomic.AtomicInteger;

/** A change of one method of one class. A patch that changes nothing is an error: the class has moved on without it. */
sealed interface Patch {
  /** The class's binary name. */
  String className();

  /** The method's name; all methods of that name are meant. */
  String method();

  /** The method does nothing but return a constant. */
  record Returns(String className, String method, long value) implements Patch {}

  /** Inside the method, calls of {@code callee} answer a constant instead: null where an object is due, nothing at all. */
  record CallAnswers(String className, String method, String callee, long value) implements Patch {}

  /** Inside the method, the {@code ordinal}-th call of {@code callee}, from 0, answers a constant. */
  record OneCallAnswers(String className, String method, String callee, int ordinal, long value) implements Patch {}

  /** Inside the method, the {@code ordinal}-th call of {@code callee}, whose last two arguments are longs, answers the first. */
  record CallGivesFirst(String className, String method, String callee, int ordinal) implements Patch {}

  /** Inside the method, the {@code ordinal}-th conditional branch, from 0, always or never jumps. */
  record BranchForced(String className, String method, int ordinal, boolean jumps) implements Patch {}

  /** Inside the method, reads of one field read another of the same type. */
  record ReadsOtherField(String className, String method, String field, String other) implements Patch {}

  /** The method, which returns nothing, does nothing. */
  record Skips(String className, String method) implements Patch {}

  /**
   * Inside the method, a comparison of two longs finds them equal.
   *
   * @param nth which one, from 1 in the order of the code
   */
  record ComparesEqual(String className, String method, int nth) implements Patch {}

  /**
   * The patched class.
   *
   * @throws IllegalStateException if there was nothing to patch
   */
  default byte[] apply(byte[] original) {
    AtomicInteger changes = new AtomicInteger();
    ClassFile files = ClassFile.of();
    ClassModel model = files.parse(original);
    byte[] patched = files.transformClass(model, transform(changes));
    if (changes.get() == 0) {
      throw new IllegalStateException("patch no longer applies: " + this);
    }
    return patched;
  }

  private ClassTransform transform(AtomicInteger changes) {
    return switch (this) {
      case Returns p ->
          (builder, element) -> {
            if (element instanceof MethodModel method && method.methodName().equalsString(p.method())) {
              changes.incrementAndGet();
              builder.transformMethod(method, returning(method, p.value()));
            } else {
              builder.with(element);
            }
          };
      case Skips p ->
          (builder, element) -> {
            if (element instanceof MethodModel method && method.methodName().equalsString(p.method())) {
              changes.incrementAndGet();
              builder.transformMethod(method, skipping());
            } else {
              builder.with(element);
            }
          };
      case ComparesEqual p -> {
        AtomicInteger seen = new AtomicInteger();
        yield inMethod(p.method(), (builder, element) -> {
          if (element instanceof OperatorInstruction compare
              && compare.opcode() == Opcode.LCMP
              && seen.incrementAndGet() == p.nth()) {
            changes.incrementAndGet();
            builder.pop2().pop2().loadConstant(0);
          } else {
            builder.with(element);
          }
        });
      }
      case CallAnswers p ->
          inMethod(p.method(), (builder, element) -> {
            if (element instanceof InvokeInstruction call && call.name().equalsString(p.callee())) {
              changes.incrementAndGet();
              answer(builder, call, p.value());
            } else {
              builder.with(element);
            }
          });
      case OneCallAnswers p -> {
        AtomicInteger seen = new AtomicInteger();
        yield inMethod(p.method(), (builder, element) -> {
          if (element instanceof InvokeInstruction call
              && call.name().equalsString(p.callee())
              && seen.getAndIncrement() == p.ordinal()) {
            changes.incrementAndGet();
            answer(builder, call, p.value());
          } else {
            builder.with(element);
          }
        });
      }
      case CallGivesFirst p -> {
        AtomicInteger seen = new AtomicInteger();
        yield inMethod(p.method(), (builder, element) -> {
          if (element instanceof InvokeInstruction call
              && call.name().equalsString(p.callee())
              && seen.getAndIncrement() == p.ordinal()) {
            changes.incrementAndGet();
            builder.pop2();
          } else {
            builder.with(element);
          }
        });
      }
      case BranchForced p -> {
        AtomicInteger seen = new AtomicInteger();
        yield inMethod(p.method(), (builder, element) -> {
          if (element instanceof BranchInstruction branch
              && operands(branch.opcode()) > 0
              && seen.getAndIncrement() == p.ordinal()) {
            changes.incrementAndGet();
            for (int i = operands(branch.opcode()); i > 0; i--) {
              builder.pop();
            }
            if (p.jumps()) {
              builder.goto_(branch.target());
            }
          } else {
            builder.with(element);
          }
        });
      }
      case ReadsOtherField p ->
          inMethod(p.method(), (builder, element) -> {
            if (element instanceof FieldInstruction read && read.name().equalsString(p.field())) {
              changes.incrementAndGet();
              ClassDesc owner = read.owner().asSymbol();
              builder.fieldAccess(read.opcode(), owner, p.other(), read.typeSymbol());
            } else {
              builder.with(element);
            }
          });
    };
  }

  private static ClassTransform inMethod(String method, CodeTransform code) {
    return ClassTransform.transformingMethodBodies(model -> model.methodName().equalsString(method), code);
  }

  private static MethodTransform returning(MethodModel method, long value) {
    TypeKind kind = TypeKind.from(method.methodTypeSymbol().returnType());
    return (builder, element) -> {
      if (element instanceof CodeModel) {
        builder.withCode(code -> {
          constant(code, kind, value);
          code.return_(kind);
        });
      } else {
        builder.with(element);
      }
    };
  }

  private static MethodTransform skipping() {
    return (builder, element) -> {
      if (element instanceof CodeModel) {
        builder.withCode(CodeBuilder::return_);
      } else {
        builder.with(element);
      }
    };
  }

  /** How many values a conditional jump takes off the stack; 0 for the unconditional one. */
  private static int operands(Opcode opcode) {
    return switch (opcode) {
      case IFEQ, IFNE, IFLT, IFGE, IFGT, IFLE, IFNULL, IFNONNULL -> 1;
      case IF_ICMPEQ, IF_ICMPNE, IF_ICMPLT, IF_ICMPGE, IF_ICMPGT, IF_ICMPLE, IF_ACMPEQ, IF_ACMPNE -> 2;
      default -> 0;
    };
  }

  /** Takes receiver and arguments off the stack and puts the constant there. */
  private static void answer(CodeBuilder code, InvokeInstruction call, long value) {
    MethodTypeDesc type = call.typeSymbol();
    for (int i = type.parameterCount() - 1; i >= 0; i--) {
      if (TypeKind.from(type.parameterType(i)).slotSize() == 2) {
        code.pop2();
      } else {
        code.pop();
      }
    }
    if (call.opcode() != Opcode.INVOKESTATIC) {
      code.pop();
    }
    constant(code, TypeKind.from(type.returnType()), value);
  }

  private static void constant(CodeBuilder code, TypeKind kind, long value) {
    switch (kind) {
      case BOOLEAN, INT -> code.loadConstant((int) value);
      case LONG -> code.loadConstant(value);
      case REFERENCE -> code.aconst_null();
      case VOID -> {}
      default -> throw new IllegalStateException("no constants of kind " + kind);
    }
  }
}
