package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StorageException;
import io.raftoral.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The directory in which new content for a range of the state is gathered, as table files, and the note that decides
 * whether it counts.
 *
 * <pre>
 * DIR/state.incoming/0000000000000001/       named after the first key of the range, in hexadecimal
 *   000001.sst …                             the new content, ascending
 *   install                                  present from the moment on at which the new content counts
 * </pre>
 *
 * <p>The note lists the files. It is written in one step after all of them are durable. If it is there when the store is
 * opened, the installation was cut short and is done again from its beginning, which changes nothing if it had been done;
 * if it is not there, the directory is rubbish. So a crash leaves the old content or the new.
 */
final class IncomingRange {
  private static final String MAGIC = "raftoral-install 1";
  private static final String NOTE = "install";
  private static final String SUFFIX = ".sst";

  private final Path directory;
  private final byte[] from;
  private final byte[] to;

  private IncomingRange(Path directory, byte[] from, byte[] to) {
    this.directory = directory;
    this.from = from;
    this.to = to;
  }

  /** Where the ranges of the state store in {@code state} are gathered. */
  static Path parent(Path state) {
    Path absolute = state.toAbsolutePath();
    return absolute.resolveSibling(absolute.getFileName() + ".incoming");
  }

  /** An empty directory for a range. */
  static IncomingRange create(Path state, byte[] from, byte[] to) throws IOException {
    Path directory = parent(state).resolve(HexFormat.of().formatHex(from));
    IncomingRange range = new IncomingRange(directory, from.clone(), to.clone());
    range.delete();
    Files.createDirectories(directory);
    return range;
  }

  /** The ranges whose installation was cut short. Removes those that do not count. */
  static List<IncomingRange> toInstall(Path state) throws IOException {
    Path parent = parent(state);
    List<IncomingRange> ranges = new ArrayList<>();
    if (!Files.isDirectory(parent)) {
      return ranges;
    }
    for (Path directory : list(parent)) {
      if (Files.exists(directory.resolve(NOTE))) {
        ranges.add(read(directory));
      } else {
        new IncomingRange(directory, new byte[0], new byte[0]).delete();
      }
    }
    return ranges;
  }

  private static IncomingRange read(Path directory) throws IOException {
    Path note = directory.resolve(NOTE);
    List<String> lines = Files.readAllLines(note, StandardCharsets.UTF_8);
    int last = lines.size() - 1;
    if (last < 2 || !lines.getLast().equals("crc32c " + crc(lines.subList(0, last)))) {
      throw damaged(note, "its checksum does not match");
    }
    if (!lines.getFirst().equals(MAGIC)) {
      throw new StorageException(
          Kind.NEWER_FORMAT, note + " is not of a format that is known here; start the newer version of the software");
    }
    byte[] from = HexFormat.of().parseHex(lines.get(1).substring("from ".length()));
    byte[] to = HexFormat.of().parseHex(lines.get(2).substring("to ".length()));
    for (String line : lines.subList(3, last)) {
      List<String> words = List.of(line.split(" ", 3));
      Path file = directory.resolve(words.get(2));
      if (!Files.isRegularFile(file) || Files.size(file) != Long.parseLong(words.get(1))) {
        throw damaged(file, "it is missing, or cut off, although it was complete when its installation began");
      }
    }
    return new IncomingRange(directory, from, to);
  }

  private static StorageException damaged(Path file, String what) {
    return new StorageException(
        Kind.DAMAGED,
        file + " is damaged: " + what
            + "; check the disk, and let the node join its cluster again with an empty data directory");
  }

  byte[] from() {
    return from;
  }

  byte[] to() {
    return to;
  }

  /** A file that does not exist yet. */
  Path newFile(int number) {
    return directory.resolve(String.format("%06d", number) + SUFFIX);
  }

  /** The files of the new content, ascending. */
  List<Path> files() throws IOException {
    return list(directory).stream().filter(file -> file.toString().endsWith(SUFFIX)).toList();
  }

  /** From now on the new content counts. All files must be durable. */
  void decide() throws IOException {
    sync(directory);
    sync(parentOf(directory));
    sync(parentOf(parentOf(directory)));
    List<String> lines = new ArrayList<>();
    lines.add(MAGIC);
    lines.add("from " + HexFormat.of().formatHex(from));
    lines.add("to " + HexFormat.of().formatHex(to));
    for (Path file : files()) {
      lines.add("file " + Files.size(file) + " " + file.getFileName());
    }
    lines.add("crc32c " + crc(lines));
    Path temporary = directory.resolve(NOTE + ".tmp");
    try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temporary, directory.resolve(NOTE), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  /**
   * Second names for the files, which RocksDB may take away while the first ones stay for as long as the installation may
   * have to be done again. On a file system without hard links they are copies.
   */
  List<String> links() throws IOException {
    Path links = directory.resolve("links");
    deleteAll(links);
    Files.createDirectories(links);
    List<String> names = new ArrayList<>();
    for (Path file : files()) {
      Path link = links.resolve(file.getFileName());
      try {
        Files.createLink(link, file);
      } catch (UnsupportedOperationException e) {
        Files.copy(file, link);
      }
      names.add(link.toString());
    }
    return names;
  }

  /** Throws everything away, the note first. */
  void delete() throws IOException {
    Path note = directory.resolve(NOTE);
    if (Files.exists(note)) {
      Files.delete(note);
      sync(directory);
    }
    deleteAll(directory);
  }

  private static void deleteAll(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static Path parentOf(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String crc(List<String> lines) {
    CRC32C crc = new CRC32C();
    crc.update(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
