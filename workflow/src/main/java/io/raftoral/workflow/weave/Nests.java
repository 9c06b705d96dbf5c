package io.raftoral.workflow.weave;

import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.PermittedSubclassesAttribute;
import java.lang.constant.ClassDesc;
import java.util.Collection;
import java.util.List;

/**
 * Twins form nests of their own: a nest's members are listed in its host's class file, and that of an original cannot be
 * changed. The members are the twins whose originals share a source file; their host is the one with the shortest name.
 */
final class Nests {
  private Nests() {}

  /** The class file of a twin with its place in the nest of twins. */
  static byte[] separate(byte[] twin, Collection<String> twins) {
    ClassModel model = ClassFile.of().parse(twin);
    String name = model.thisClass().asInternalName();
    String outermost = outermost(name);
    List<String> mates =
        twins.stream()
            .filter(each -> outermost(each).equals(outermost))
            .sorted(java.util.Comparator.comparingInt(String::length).thenComparing(String::compareTo))
            .toList();
    String host = mates.getFirst();
    return ClassFile.of()
        .transformClass(
            model,
            java.lang.classfile.ClassTransform.dropping(Nests::isNest)
                .andThen(
                    java.lang.classfile.ClassTransform.endHandler(
                        builder -> {
                          if (!host.equals(name)) {
                            builder.with(NestHostAttribute.of(ClassDesc.ofInternalName(host)));
                          } else if (mates.size() > 1) {
                            builder.with(
                                NestMembersAttribute.ofSymbols(
                                    mates.stream().skip(1).map(ClassDesc::ofInternalName).toList()));
                          }
                        })));
  }

  /** javac names a nested class after the classes around it. */
  private static String outermost(String name) {
    String plain = name.substring(0, name.length() - Twin.SUFFIX.length());
    int dollar = plain.indexOf('$', plain.lastIndexOf('/') + 2);
    return dollar < 0 ? plain : plain.substring(0, dollar);
  }

  private static boolean isNest(ClassElement element) {
    return element instanceof NestHostAttribute
        || element instanceof NestMembersAttribute
        || element instanceof PermittedSubclassesAttribute;
  }
}
