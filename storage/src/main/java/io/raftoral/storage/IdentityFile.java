package io.raftoral.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The text form of an {@link Identity}: lines that a person can read, the last of which is a checksum of the others.
 *
 * <pre>
 * raftoral-identity 1
 * cluster shop
 * node 1 n1
 * member 1 n1
 * member 2 n2
 * crc32c 1a2b3c4d
 * </pre>
 *
 * <p>Names come last on their line because they may contain blanks.
 */
final class IdentityFile {
  private static final String MAGIC = "raftoral-identity ";
  private static final int VERSION = 1;

  /** A file this large is no identity file; nothing of it is read into memory. */
  private static final long MAX_BYTES = 1 << 20;

  private IdentityFile() {}

  /** Reads and checks the file. */
  static Identity read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw damaged(file, "it is larger than " + MAX_BYTES + " bytes");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    // The version comes before the checksum: a newer format may have another one.
    if (!text.startsWith(MAGIC)) {
      throw damaged(file, "it does not begin with '" + MAGIC.trim() + "'");
    }
    int version = version(file, text);
    if (version > VERSION) {
      throw new StorageException(
          StorageException.Kind.NEWER_FORMAT,
          file + " has format version " + version + ", this software knows versions up to " + VERSION
              + "; start the newer version of the software that wrote the directory");
    }
    int checksumAt = text.lastIndexOf("crc32c ");
    if (version < 1 || checksumAt < 0 || !text.equals(withChecksum(text.substring(0, checksumAt)))) {
      throw damaged(file, "its checksum does not match");
    }
    return parse(file, text.substring(0, checksumAt).lines().skip(1).toList());
  }

  private static int version(Path file, String text) {
    String digits = text.lines().findFirst().orElse("").substring(MAGIC.length());
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw damaged(file, "its version is '" + digits + "'");
    }
  }

  private static Identity parse(Path file, List<String> lines) {
    String cluster = "";
    String node = "";
    long nodeId = 0;
    SortedMap<String, Long> members = new TreeMap<>();
    try {
      for (String line : lines) {
        List<String> words = List.of(line.split(" ", 3));
        switch (words.getFirst()) {
          case "cluster" -> cluster = line.substring("cluster ".length());
          case "node" -> {
            nodeId = Long.parseLong(words.get(1));
            node = words.get(2);
          }
          case "member" -> members.put(words.get(2), Long.parseLong(words.get(1)));
          default -> throw damaged(file, "it holds an unknown line '" + line + "'");
        }
      }
      return new Identity(cluster, node, nodeId, members);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes the file so that a crash at any point leaves no file or the whole one: temporary file, fsync, rename, fsync
   * of the directory.
   */
  static void write(Path directory, Path file, Path temporary, Identity identity) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(MAGIC + VERSION);
    lines.add("cluster " + identity.cluster());
    lines.add("node " + identity.nodeId() + " " + identity.node());
    identity.initialMembers().forEach((name, id) -> lines.add("member " + id + " " + name));
    String text = withChecksum(String.join("\n", lines) + "\n");
    try (FileChannel out =
        FileChannel.open(
            temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(directory);
  }

  /** Makes the names in a directory durable; the contents of its files are not its business. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String withChecksum(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return body + String.format("crc32c %08x%n", crc.getValue()).replace(System.lineSeparator(), "\n");
  }

  private static StorageException damaged(Path file, String what) {
    return new StorageException(
        StorageException.Kind.DAMAGED,
        "identity file " + file + " is damaged: " + what + "; restore the file from a backup, or remove the whole data"
            + " directory and let the node join its cluster again as a new member");
  }
}
