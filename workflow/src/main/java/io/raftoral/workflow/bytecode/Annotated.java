package io.raftoral.workflow.bytecode;

import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads annotations from class files. */
public final class Annotated {
  private static final String PACKAGE = "Lio/raftoral/workflow/annotation/";

  private Annotated() {}

  /** The annotation of this simple name from Raftoral's own package, or null. */
  public static @Nullable Annotation find(AttributedElement element, String simpleName) {
    String descriptor = PACKAGE + simpleName + ";";
    return element
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .flatMap(
            all -> all.annotations().stream().filter(each -> each.className().equalsString(descriptor)).findFirst())
        .orElse(null);
  }

  /** Whether there is one. */
  public static boolean has(AttributedElement element, String simpleName) {
    return find(element, simpleName) != null;
  }

  /** A string element, or {@code otherwise} if it is not given. */
  public static String string(Annotation annotation, String element, String otherwise) {
    return value(annotation, element) instanceof AnnotationValue.OfString text ? text.stringValue() : otherwise;
  }

  /** The elements of an array of strings. */
  public static List<String> strings(Annotation annotation, String element) {
    List<String> strings = new ArrayList<>();
    if (value(annotation, element) instanceof AnnotationValue.OfArray array) {
      for (AnnotationValue each : array.values()) {
        if (each instanceof AnnotationValue.OfString text) {
          strings.add(text.stringValue());
        }
      }
    }
    return strings;
  }

  private static @Nullable AnnotationValue value(Annotation annotation, String element) {
    for (AnnotationElement each : annotation.elements()) {
      if (each.name().equalsString(element)) {
        return each.value();
      }
    }
    return null;
  }
}
