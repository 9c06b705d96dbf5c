package io.raftoral.simulation.linearizability;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Named registers that hold numbers: read, write, compare-and-set, add. What is not there reads as 0.
 *
 * <p>Additions are what shows that something was done twice: a repeated write of the same value can hide.
 */
public final class Register implements Model<Long, Register.Input, Register.Output> {
  /** There is one. */
  public static final Register MODEL = new Register();

  private Register() {}

  /** What is asked. */
  public sealed interface Input {
    /** Of which register. */
    int key();

    /** What does it hold? */
    record Read(int key) implements Input {}

    /** Hold this. */
    record Write(int key, long value) implements Input {}

    /** Hold {@code value} if you hold {@code expected}. */
    record Cas(int key, long expected, long value) implements Input {}

    /** Hold so much more. */
    record Add(int key, long delta) implements Input {}
  }

  /**
   * What is answered.
   *
   * @param value what the register held after the operation
   * @param ok false if a compare-and-set found something else
   */
  public record Output(long value, boolean ok) {}

  @Override
  public Long initial() {
    return 0L;
  }

  @Override
  public Optional<Long> step(Long state, Input input, Output output) {
    boolean ok = !(input instanceof Input.Cas cas) || cas.expected() == state;
    long after = stepUnknown(state, input);
    return ok == output.ok() && after == output.value() ? Optional.of(after) : Optional.empty();
  }

  @Override
  public Long stepUnknown(Long state, Input input) {
    return switch (input) {
      case Input.Read read -> state;
      case Input.Write write -> write.value();
      case Input.Cas cas -> cas.expected() == state ? cas.value() : state;
      case Input.Add add -> state + add.delta();
    };
  }

  @Override
  public Object part(Input input) {
    return input.key();
  }

  @Override
  public String describe(Input input, @Nullable Output output) {
    String asked =
        switch (input) {
          case Input.Read read -> "read k" + read.key();
          case Input.Write write -> "write k" + write.key() + "=" + write.value();
          case Input.Cas cas -> "cas k" + cas.key() + " " + cas.expected() + "->" + cas.value();
          case Input.Add add -> "add k" + add.key() + " +" + add.delta();
        };
    return output == null ? asked + " -> ?" : asked + " -> " + output.value() + (output.ok() ? "" : " (not set)");
  }
}
