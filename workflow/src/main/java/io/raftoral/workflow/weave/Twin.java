package io.raftoral.workflow.weave;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassSource;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weaves a class that is loaded already, when it is registered. The JVM will not let it be changed any more, so a
 * <em>twin</em> is defined beside it: the same code, woven, under a name with {@value #SUFFIX} at its end, in the same
 * package and by the same loader, so that it sees what its original sees. Whatever is handed an object of the class
 * (superclasses with annotations, inner classes, lambdas' interfaces, helpers) gets a twin as well.
 *
 * <p>Twins share the static fields of their originals. A twin is no instance of its original; what tells them apart
 * matters only to code outside the workflow that is handed one.
 */
public final class Twin {
  /** What the names of twins end with. A debugger's filter for the class and its inner classes matches it. */
  public static final String SUFFIX = "$$Woven";

  private static final ClassValue<TwinHolder> TWINS =
      new ClassValue<>() {
        @Override
        protected TwinHolder computeValue(Class<?> type) {
          return new TwinHolder();
        }
      };

  /** A class's twin, once there is one. */
  private static final class TwinHolder {
    private volatile Class<?> twin = Void.class;
  }

  private final ClassSource files;
  private final ClassIndex index;
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Class<?> type;

  private Twin(Class<?> type) {
    this.type = type;
    files = ClassSource.of(type.getClassLoader());
    index = new ClassIndex(files);
  }

  /**
   * The woven form of a class: itself if it was woven at build time.
   *
   * @throws ConfigurationException if it cannot be woven now, with what to do
   */
  public static Class<?> of(Class<?> type) {
    if (type.isAnnotationPresent(WovenClass.class)) {
      return type;
    }
    TwinHolder holder = TWINS.get(type);
    synchronized (Twin.class) {
      if (holder.twin == Void.class) {
        holder.twin = new Twin(type).define();
      }
      return holder.twin;
    }
  }

  /** The class that a twin was made of; the class itself if it is no twin. */
  public static Class<?> original(Class<?> woven) {
    String name = woven.getName();
    if (!name.endsWith(SUFFIX)) {
      return woven;
    }
    try {
      return Class.forName(name.substring(0, name.length() - SUFFIX.length()), false, woven.getClassLoader());
    } catch (ClassNotFoundException e) {
      return woven;
    }
  }

  private Class<?> define() {
    try {
      collect();
      Map<String, byte[]> built = build();
      Class<?> result = type;
      for (String original : superclassesFirst()) {
        Class<?> loaded = Class.forName(ClassIndex.shown(original), false, type.getClassLoader());
        Class<?> twin = define(loaded, built.getOrDefault(original, new byte[0]));
        TWINS.get(loaded).twin = twin;
        result = loaded == type ? twin : result;
      }
      return result;
    } catch (UnweavableException e) {
      throw new ConfigurationException("workflow class " + type.getName() + ": " + e.getMessage(), e);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ConfigurationException(
          "workflow class " + type.getName() + " cannot be woven when it is registered: " + e
              + "; weave it at build time (docs/annotations.md)",
          e);
    }
  }

  private static Class<?> define(Class<?> original, byte[] twin) {
    if (TWINS.get(original).twin != Void.class) {
      return TWINS.get(original).twin;
    }
    try {
      return MethodHandles.privateLookupIn(original, MethodHandles.lookup()).defineClass(twin);
    } catch (IllegalAccessException e) {
      throw new ConfigurationException(
          "workflow class " + original.getName() + " cannot be woven when it is registered, because its module does not"
              + " let others in: add \"opens " + original.getPackageName() + ";\" to its module-info, or weave it at"
              + " build time (docs/annotations.md)",
          e);
    }
  }

  // ------------------------------------------------------------------------------------- which classes

  /** Finds everything that has to be woven together with the class. */
  private void collect() {
    List<ClassModel> lineage = index.lineage(model(type.getName().replace('.', '/')));
    int top = 0;
    for (int i = 0; i < lineage.size(); i++) {
      if (ClassWeaver.isPart(lineage.get(i))) {
        top = i;
      }
    }
    List<String> fresh = new ArrayList<>();
    for (ClassModel each : lineage.subList(0, top + 1)) {
      fresh.add(ClassIndex.name(each));
    }
    while (!fresh.isEmpty()) {
      for (String each : fresh) {
        names.put(each, each + SUFFIX);
      }
      Renamer renamer = new Renamer(names);
      Set<String> found = new LinkedHashSet<>();
      for (String each : List.copyOf(names.keySet())) {
        found.addAll(handedTo(renamer, model(each)));
      }
      found.removeAll(names.keySet());
      fresh = List.copyOf(found);
    }
  }

  /** Classes that {@code user}'s code hands a woven object to, or that extend or implement a woven class. */
  private Set<String> handedTo(Renamer renamer, ClassModel user) {
    Set<String> found = new LinkedHashSet<>();
    for (PoolEntry entry : user.constantPool()) {
      if (entry instanceof MemberRefEntry member && renamer.mentionedIn(member.type().stringValue())) {
        String owner = member.owner().asInternalName();
        if (!owner.startsWith("[") && !ClassIndex.isPlatform(owner) && index.find(owner) != null) {
          found.add(owner);
        }
      } else if (entry instanceof ClassEntry mentioned && extendsWoven(mentioned.asInternalName())) {
        found.add(mentioned.asInternalName());
      }
    }
    return found;
  }

  private boolean extendsWoven(String name) {
    ClassModel model = name.startsWith("[") || ClassIndex.isPlatform(name) ? null : index.find(name);
    if (model == null) {
      return false;
    }
    String superName = ClassIndex.superName(model);
    return superName != null && names.containsKey(superName)
        || model.interfaces().stream().anyMatch(each -> names.containsKey(each.asInternalName()));
  }

  private ClassModel model(String name) {
    ClassModel model = index.find(name);
    if (model == null) {
      throw new UnweavableException(
          "the class file of " + ClassIndex.shown(name) + " is not on the class path; weave it at build time");
    }
    return model;
  }

  // ------------------------------------------------------------------------------------- their twins

  private Map<String, byte[]> build() {
    Renamer renamer = new Renamer(names);
    Map<String, byte[]> renamed = new HashMap<>();
    Map<String, String> originals = new HashMap<>();
    names.forEach(
        (original, twin) -> {
          byte[] file = files.bytes(original);
          if (file != null) {
            renamed.put(twin, renamer.rename(file));
            originals.put(twin, original);
          }
        });
    ClassSource twins = renamed::get;
    ClassIndex all = new ClassIndex(twins.or(files));
    Map<String, byte[]> built = new LinkedHashMap<>();
    names.forEach((original, twin) -> built.put(original, build(all, originals, twin)));
    return built;
  }

  private static byte[] build(ClassIndex all, Map<String, String> originals, String twin) {
    ClassModel model = java.util.Objects.requireNonNull(all.find(twin));
    ClassWeaver weaver = new ClassWeaver(all);
    byte[] bridged = Nests.separate(new Bridges(all, originals).build(model, weaver), originals.keySet());
    ClassModel complete = java.lang.classfile.ClassFile.of().parse(bridged);
    byte[] woven = weaver.weave(complete);
    return woven == null ? bridged : woven;
  }

  /** A class can be defined once its superclass and interfaces are. */
  private List<String> superclassesFirst() {
    List<String> ordered = new ArrayList<>();
    names.keySet().forEach(each -> addInOrder(each, ordered));
    return ordered;
  }

  private void addInOrder(String name, List<String> ordered) {
    if (!names.containsKey(name) || ordered.contains(name)) {
      return;
    }
    ClassModel model = model(name);
    String superName = ClassIndex.superName(model);
    if (superName != null) {
      addInOrder(superName, ordered);
    }
    model.interfaces().forEach(each -> addInOrder(each.asInternalName(), ordered));
    ordered.add(name);
  }
}
