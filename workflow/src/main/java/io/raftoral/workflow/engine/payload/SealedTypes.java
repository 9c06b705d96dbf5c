package io.raftoral.workflow.engine.payload;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/**
 * Lets sealed types pass through JSON without annotations (those that have some keep their meaning): a value that is
 * declared by a sealed type is written with a property {@value #PROPERTY} that holds the simple name of its class.
 * Only what the type permits can be read back.
 */
final class SealedTypes extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1L;

  /** Names the class; cannot be the name of a record's component. */
  static final String PROPERTY = "@type";

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
    JsonTypeInfo.@Nullable Value declared = super.findPolymorphicTypeInfo(config, annotated);
    if (declared != null || !(annotated instanceof AnnotatedClass type) || !named(type.getRawType())) {
      return declared;
    }
    return JsonTypeInfo.Value.construct(
        JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, PROPERTY, null, false, null, null);
  }

  @Override
  public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
    if (super.findPolymorphicTypeInfo(config, annotated) != null
        || !(annotated instanceof AnnotatedClass type)
        || !named(type.getRawType())) {
      return super.findSubtypes(config, annotated);
    }
    List<NamedType> permitted = new ArrayList<>();
    collect(type.getRawType(), permitted);
    return permitted;
  }

  /** An enum whose constants have bodies is sealed as well, but is written as its name. */
  private static boolean named(Class<?> type) {
    return type.isSealed() && !type.isEnum();
  }

  private static void collect(Class<?> type, List<NamedType> into) {
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (named(permitted)) {
        collect(permitted, into);
      } else {
        into.add(new NamedType(permitted, permitted.getSimpleName()));
      }
    }
  }
}
