package io.raftoral.workflow.annotated;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.engine.payload.Json;
import io.raftoral.workflow.engine.payload.Payloads;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a method as one JSON: nothing for none, the value for one, an array for several. With one parameter
 * that is the same input that a plain workflow has.
 */
final class Arguments {
  private static final Payloads PAYLOADS = new Payloads();

  private final Method method;
  private final Type[] types;

  Arguments(Method method) {
    this.method = method;
    types = method.getGenericParameterTypes();
  }

  /** How the input is declared in the plain API. */
  Class<?> inputClass() {
    return types.length == 0
        ? Void.class
        : types.length == 1 && types[0] instanceof Class<?> plain ? boxed(plain) : Json.class;
  }

  /**
   * Checks what a caller passes.
   *
   * @throws ConfigurationException saying what the method takes, if it takes something else
   */
  void check(@Nullable Object... given) {
    Class<?>[] parameters = method.getParameterTypes();
    boolean fits = given.length == parameters.length;
    for (int i = 0; fits && i < given.length; i++) {
      Object value = given[i];
      fits = value == null ? !parameters[i].isPrimitive() : boxed(parameters[i]).isInstance(value);
    }
    if (!fits) {
      String passed =
          Arrays.stream(given)
              .map(each -> each == null ? "null" : each.getClass().getSimpleName())
              .collect(Collectors.joining(", "));
      throw new ConfigurationException(
          method.getDeclaringClass().getSimpleName() + "." + shown() + " was called with (" + passed + ")");
    }
  }

  private String shown() {
    return method.getName()
        + Arrays.stream(method.getParameters())
            .map(Parameter::getParameterizedType)
            .map(each -> each instanceof Class<?> plain ? plain.getSimpleName() : each.getTypeName())
            .collect(Collectors.joining(", ", "(", ")"));
  }

  /** The input that stands for {@code given}, of class {@link #inputClass}. */
  @Nullable Object encode(String what, @Nullable Object... given) {
    check(given);
    return types.length == 0 ? null : inputClass() == Json.class ? new Json(json(what, given)) : given[0];
  }

  /** The JSON that stands for {@code given}. */
  byte[] json(String what, @Nullable Object... given) {
    if (types.length == 0) {
      return new byte[] {'n', 'u', 'l', 'l'};
    }
    if (types.length == 1) {
      return PAYLOADS.encodeTyped(what, types[0], given[0]);
    }
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    for (int i = 0; i < types.length; i++) {
      array.write(i == 0 ? '[' : ',');
      array.writeBytes(PAYLOADS.encodeTyped(what, types[i], given[i]));
    }
    array.write(']');
    return array.toByteArray();
  }

  /** What the method is called with, given its input. */
  @Nullable Object[] decode(String what, @Nullable Object input) {
    if (types.length == 0) {
      return new Object[0];
    }
    return input instanceof Json json ? decodeJson(what, json.bytes()) : new @Nullable Object[] {input};
  }

  /** What the method is called with, given the JSON of its input. */
  @Nullable Object[] decodeJson(String what, byte[] json) {
    @Nullable Object[] values = new @Nullable Object[types.length];
    List<byte[]> parts =
        types.length == 0 ? List.of() : types.length == 1 ? List.of(json) : PAYLOADS.elements(what, json);
    if (parts.size() != types.length) {
      throw new ConfigurationException(
          what + " has " + parts.size() + " elements, but " + shown() + " has " + types.length + " parameters");
    }
    for (int i = 0; i < types.length; i++) {
      values[i] = PAYLOADS.decodeTyped(what, types[i], parts.get(i));
    }
    return values;
  }

  static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
