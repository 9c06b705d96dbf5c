package io.raftoral.simulation.history;

import io.raftoral.simulation.linearizability.Model;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Registers that hold any value, written as EDN: read, write and compare-and-set. A register that was never written holds
 * {@code nil}, unless the history says that it begins with something else.
 */
public final class CasRegister implements Model<String, CasRegister.Call, String> {
  /** What an answer says that has nothing to say but that it was done. */
  public static final String DONE = "ok";

  private final String initial;

  /** Registers that begin with {@code initial}. */
  public CasRegister(String initial) {
    this.initial = initial;
  }

  /** What can be asked of a register. */
  public enum Kind {
    READ,
    WRITE,
    CAS
  }

  /**
   * A call.
   *
   * @param key of which register
   * @param expected what a compare-and-set compares with, else empty
   * @param value what is to be written, empty for a read
   */
  public record Call(String key, Kind kind, String expected, String value) {}

  @Override
  public String initial() {
    return initial;
  }

  @Override
  public Optional<String> step(String state, Call input, String output) {
    return switch (input.kind()) {
      case READ -> state.equals(output) ? Optional.of(state) : Optional.empty();
      case WRITE -> Optional.of(input.value());
      case CAS -> state.equals(input.expected()) ? Optional.of(input.value()) : Optional.empty();
    };
  }

  @Override
  public String stepUnknown(String state, Call input) {
    return switch (input.kind()) {
      case READ -> state;
      case WRITE -> input.value();
      case CAS -> state.equals(input.expected()) ? input.value() : state;
    };
  }

  @Override
  public Object part(Call input) {
    return input.key().isEmpty() ? "the register" : "register " + input.key();
  }

  @Override
  public String describe(Call input, @Nullable String output) {
    String answer = output == null ? "?" : output;
    return switch (input.kind()) {
      case READ -> "read -> " + answer;
      case WRITE -> "write " + input.value() + " -> " + answer;
      case CAS -> "cas " + input.expected() + " to " + input.value() + " -> " + answer;
    };
  }
}
