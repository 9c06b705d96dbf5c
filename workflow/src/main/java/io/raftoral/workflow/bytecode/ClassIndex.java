package io.raftoral.workflow.bytecode;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parsed class files, each read once, and the questions asked about them. Not safe for use by several threads. */
public final class ClassIndex {
  private final ClassSource source;
  private final Map<String, Optional<ClassModel>> models = new HashMap<>();

  /** Reads classes from {@code source}, when they are first asked for. */
  public ClassIndex(ClassSource source) {
    this.source = source;
  }

  /** A method, and the class that declares it. */
  public record Declared(ClassModel owner, MethodModel method) {}

  /** The class of this name (with slashes), or null if there is no such file. */
  public @Nullable ClassModel find(String name) {
    Optional<ClassModel> known = models.get(name);
    if (known == null) {
      byte[] bytes = name.startsWith("[") ? null : source.bytes(name);
      known = bytes == null ? Optional.empty() : Optional.of(ClassFile.of().parse(bytes));
      models.put(name, known);
    }
    return known.orElse(null);
  }

  /** The name of a class, with slashes. */
  public static String name(ClassModel model) {
    return model.thisClass().asInternalName();
  }

  /** The superclass's name, or null if it has none. */
  public static @Nullable String superName(ClassModel model) {
    return model.superclass().map(entry -> entry.asInternalName()).orElse(null);
  }

  /** The class and its superclasses as far as their files are known and not the JDK's, the class first. */
  public List<ClassModel> lineage(ClassModel model) {
    List<ClassModel> lineage = new ArrayList<>();
    for (ClassModel each = model; each != null && !isPlatform(name(each)); ) {
      lineage.add(each);
      String superName = superName(each);
      each = superName == null ? null : find(superName);
    }
    return lineage;
  }

  /** Whether {@code name} is {@code ancestor} or extends or implements it, as far as class files are known. */
  public boolean isSubtype(String name, String ancestor) {
    if (name.equals(ancestor) || ancestor.equals("java/lang/Object")) {
      return true;
    }
    ClassModel model = find(name);
    if (model == null) {
      return false;
    }
    String superName = superName(model);
    if (superName != null && isSubtype(superName, ancestor)) {
      return true;
    }
    return model.interfaces().stream().anyMatch(each -> isSubtype(each.asInternalName(), ancestor));
  }

  /** The method that a call of {@code owner.name} means: declared there, inherited, or a default one. */
  public @Nullable Declared resolve(String owner, String name, String descriptor) {
    ClassModel model = find(owner);
    if (model == null) {
      return null;
    }
    for (MethodModel method : model.methods()) {
      if (method.methodName().equalsString(name) && method.methodType().equalsString(descriptor)) {
        return new Declared(model, method);
      }
    }
    String superName = superName(model);
    Declared inherited = superName == null ? null : resolve(superName, name, descriptor);
    for (int i = 0; inherited == null && i < model.interfaces().size(); i++) {
      inherited = resolve(model.interfaces().get(i).asInternalName(), name, descriptor);
    }
    return inherited;
  }

  /** The class in {@code owner}'s lineage that declares this field, with it; null if it is not known. */
  public @Nullable FieldModel field(String owner, String name) {
    for (ClassModel model = find(owner); model != null; ) {
      for (FieldModel field : model.fields()) {
        if (field.fieldName().equalsString(name)) {
          return field;
        }
      }
      String superName = superName(model);
      model = superName == null ? null : find(superName);
    }
    return null;
  }

  /** The class that {@link #field} found it in. */
  public static ClassModel ownerOf(FieldModel field) {
    return field.parent().orElseThrow();
  }

  /** The outermost class of the nest that a class belongs to, by name. */
  public static String nestHost(ClassModel model) {
    return model
        .findAttribute(java.lang.classfile.Attributes.nestHost())
        .map(host -> host.nestHost().asInternalName())
        .orElseGet(() -> name(model));
  }

  /** Whether a method or field is static. */
  public static boolean isStatic(MethodModel method) {
    return method.flags().has(AccessFlag.STATIC);
  }

  /** Whether a class belongs to the JDK, by its name. */
  public static boolean isPlatform(String name) {
    return name.startsWith("java/")
        || name.startsWith("javax/")
        || name.startsWith("jdk/")
        || name.startsWith("sun/")
        || name.startsWith("com/sun/");
  }

  /** A name as people write it. */
  public static String shown(String name) {
    return name.replace('/', '.');
  }
}
