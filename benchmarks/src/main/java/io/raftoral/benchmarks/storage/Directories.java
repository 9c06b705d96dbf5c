package io.raftoral.benchmarks.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories of one trial. {@code -Draftoral.bench.dir} says on which disk; a disk in memory would prove nothing. */
final class Directories {
  private Directories() {}

  static Path create() throws IOException {
    Path parent = Path.of(System.getProperty("raftoral.bench.dir", System.getProperty("java.io.tmpdir")));
    return Files.createTempDirectory(parent, "raftoral-bench");
  }

  static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
