package io.raftoral.workflow.weave;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives classes other names, in everything that a class file says about them: class entries, descriptors, generic
 * signatures, debug information, annotations. All of these are strings in the constant pool, so only the pool is
 * rewritten (JVMS 4.4); strings of the program are left alone.
 */
final class Renamer {
  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int STRING = 8;
  private static final int LONG = 5;
  private static final int DOUBLE = 6;

  private final Map<String, String> names;
  private final Pattern mentions;

  /**
   * A renamer.
   *
   * @param names old to new, with slashes
   */
  Renamer(Map<String, String> names) {
    this.names = names;
    // In descriptors and signatures a class name stands between L and one of ; < or the dot of an inner class.
    mentions =
        Pattern.compile(
            "L(" + String.join("|", names.keySet().stream().map(Pattern::quote).toList()) + ")(?=[;<.])");
  }

  /** Whether a descriptor mentions a class that is renamed. */
  boolean mentionedIn(String descriptor) {
    return mentions.matcher(descriptor).find();
  }

  /** A descriptor or signature with the new names. */
  String descriptor(String descriptor) {
    Matcher matcher = mentions.matcher(descriptor);
    return matcher.replaceAll(
        found -> Matcher.quoteReplacement("L" + names.getOrDefault(found.group(1), found.group(1))));
  }

  private String className(String name) {
    return name.startsWith("[") ? descriptor(name) : names.getOrDefault(name, name);
  }

  /** A class file with the new names. */
  byte[] rename(byte[] file) {
    try {
      return rewrite(file);
    } catch (IOException e) {
      throw new UncheckedIOException("a class file in memory cannot fail to be read", e);
    }
  }

  private byte[] rewrite(byte[] file) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
    long header = in.readLong();
    List<@Nullable Entry> pool = readPool(in);
    List<Entry> added = new ArrayList<>();
    Set<Integer> programStrings = new HashSet<>();
    for (Entry entry : pool) {
      if (entry != null && entry.tag == STRING) {
        programStrings.add(entry.reference());
      }
    }
    int size = pool.size();
    for (int i = 1; i < size; i++) {
      Entry entry = pool.get(i);
      if (entry == null) {
        continue;
      }
      if (entry.tag == CLASS) {
        String name = text(pool, entry.reference());
        if (!className(name).equals(name)) {
          added.add(Entry.utf8(className(name)));
          entry.refer(size + added.size() - 1);
        }
      } else if (entry.tag == UTF8) {
        String renamed = descriptor(entry.text());
        if (!renamed.equals(entry.text())) {
          if (programStrings.contains(i)) {
            added.add(Entry.utf8(entry.text()));
            redirectStrings(pool, i, size + added.size() - 1);
          }
          pool.set(i, Entry.utf8(renamed));
        }
      }
    }
    return write(file, in, header, pool, added);
  }

  private static byte[] write(
      byte[] file, DataInputStream in, long header, List<@Nullable Entry> pool, List<Entry> added) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.length + 256);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(header);
    out.writeShort(pool.size() + added.size());
    for (Entry entry : pool) {
      if (entry != null) {
        entry.write(out);
      }
    }
    for (Entry entry : added) {
      entry.write(out);
    }
    in.transferTo(out);
    return bytes.toByteArray();
  }

  private static void redirectStrings(List<@Nullable Entry> pool, int from, int to) {
    for (Entry entry : pool) {
      if (entry != null && entry.tag == STRING && entry.reference() == from) {
        entry.refer(to);
      }
    }
  }

  private static String text(List<@Nullable Entry> pool, int index) {
    Entry entry = pool.get(index);
    if (entry == null) {
      throw new IllegalArgumentException("not a class file: entry " + index + " of its constant pool is no text");
    }
    return entry.text();
  }

  private static List<@Nullable Entry> readPool(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    List<@Nullable Entry> pool = new ArrayList<>(count);
    pool.add(null);
    while (pool.size() < count) {
      int tag = in.readUnsignedByte();
      int length =
          switch (tag) {
            case UTF8 -> in.readUnsignedShort();
            case CLASS, STRING, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case LONG, DOUBLE -> 8;
            default -> throw new IllegalArgumentException("not a class file of this JDK: constant of kind " + tag);
          };
      pool.add(new Entry(tag, in.readNBytes(length)));
      if (tag == LONG || tag == DOUBLE) {
        pool.add(null);
      }
    }
    return pool;
  }

  /** A constant: its kind, and its bytes without the length of a text. */
  private static final class Entry {
    private final int tag;
    private final byte[] bytes;

    Entry(int tag, byte[] bytes) {
      this.tag = tag;
      this.bytes = bytes;
    }

    static Entry utf8(String text) {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new DataOutputStream(bytes).writeUTF(text);
        byte[] withLength = bytes.toByteArray();
        return new Entry(UTF8, java.util.Arrays.copyOfRange(withLength, 2, withLength.length));
      } catch (IOException e) {
        throw new UncheckedIOException("too long for a class file", e);
      }
    }

    String text() {
      try {
        ByteArrayOutputStream withLength = new ByteArrayOutputStream(bytes.length + 2);
        DataOutputStream out = new DataOutputStream(withLength);
        out.writeShort(bytes.length);
        out.write(bytes);
        return new DataInputStream(new ByteArrayInputStream(withLength.toByteArray())).readUTF();
      } catch (IOException e) {
        throw new UncheckedIOException("not a class file: a text in its constant pool is malformed", e);
      }
    }

    int reference() {
      return (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
    }

    void refer(int index) {
      bytes[0] = (byte) (index >> 8);
      bytes[1] = (byte) index;
    }

    void write(DataOutputStream out) throws IOException {
      out.writeByte(tag);
      if (tag == UTF8) {
        out.writeShort(bytes.length);
      }
      out.write(bytes);
    }
  }
}
