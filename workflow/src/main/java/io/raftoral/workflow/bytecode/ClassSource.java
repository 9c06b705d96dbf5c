package io.raftoral.workflow.bytecode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where class files come from. */
@FunctionalInterface
public interface ClassSource {
  /**
   * The bytes of a class file, or null if there is none.
   *
   * @param name with slashes, as in class files
   */
  byte @Nullable [] bytes(String name);

  /** Asks {@code other} for what this one does not have. */
  default ClassSource or(ClassSource other) {
    return name -> {
      byte[] found = bytes(name);
      return found != null ? found : other.bytes(name);
    };
  }

  /** The classes that {@code loader} can load; null is the loader of the JDK itself. */
  static ClassSource of(@Nullable ClassLoader loader) {
    return name -> {
      try (InputStream in =
          loader == null
              ? ClassLoader.getSystemResourceAsStream(name + ".class")
              : loader.getResourceAsStream(name + ".class")) {
        return in == null ? null : in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("class file " + name + " cannot be read", e);
      }
    };
  }

  /** The classes below a directory. */
  static ClassSource of(Path directory) {
    return name -> {
      try {
        Path file = directory.resolve(name + ".class");
        return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
      } catch (IOException e) {
        throw new UncheckedIOException("class file " + name + " below " + directory + " cannot be read", e);
      }
    };
  }
}
