package io.raftoral.workflow.weave;

import java.lang.classfile.CodeTransform;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.classfile.instruction.StoreInstruction;

/** Moves local variables by one slot, to make room for a parameter after the others. */
final class LocalsShift {
  private LocalsShift() {}

  /** Moves slot {@code first} and those after it. */
  static CodeTransform from(int first) {
    return (code, element) -> {
      switch (element) {
        case LoadInstruction load -> code.loadLocal(load.typeKind(), shifted(first, load.slot()));
        case StoreInstruction store -> code.storeLocal(store.typeKind(), shifted(first, store.slot()));
        case IncrementInstruction increment -> code.iinc(shifted(first, increment.slot()), increment.constant());
        case LocalVariable variable ->
            code.localVariable(
                shifted(first, variable.slot()),
                variable.name(),
                variable.type(),
                variable.startScope(),
                variable.endScope());
        case LocalVariableType variable ->
            code.localVariableType(
                shifted(first, variable.slot()),
                variable.name(),
                variable.signature(),
                variable.startScope(),
                variable.endScope());
        // They name local variables by their slots, and nobody reads them at run time.
        case RuntimeVisibleTypeAnnotationsAttribute _, RuntimeInvisibleTypeAnnotationsAttribute _ -> {}
        default -> code.with(element);
      }
    };
  }

  private static int shifted(int first, int slot) {
    return slot < first ? slot : slot + 1;
  }
}
