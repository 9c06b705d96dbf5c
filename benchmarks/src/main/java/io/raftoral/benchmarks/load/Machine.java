package io.raftoral.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where figures come from. Without it they say little.
 *
 * @param processor its model
 * @param cores that this JVM may use
 * @param memoryMiB of the heap at most
 * @param java version of the JVM
 * @param os name and version
 * @param at when
 */
public record Machine(String processor, int cores, long memoryMiB, String java, String os, String at) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** This one. */
  public static Machine here() {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20,
        Runtime.version().toString(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static String processorModel() {
    if (Files.isReadable(CPU_INFO)) {
      try {
        for (String line : Files.readAllLines(CPU_INFO)) {
          if (line.startsWith("model name")) {
            return line.substring(line.indexOf(':') + 1).strip();
          }
        }
      } catch (IOException e) {
        return System.getProperty("os.arch") + " (" + CPU_INFO + " unreadable: " + e + ")";
      }
    }
    return System.getProperty("os.arch");
  }

  /** In one line. */
  public String line() {
    return processor + ", " + cores + " cores, heap up to " + memoryMiB + " MiB, Java " + java + ", " + os + ", " + at;
  }
}
