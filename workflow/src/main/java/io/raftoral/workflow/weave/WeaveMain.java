package io.raftoral.workflow.weave;

import io.raftoral.workflow.bytecode.ClassIndex;
import io.raftoral.workflow.bytecode.ClassSource;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Weaves at build time: the class files below a directory are replaced by woven ones, in place and under their own names.
 * To be run after compiling, with the application's class path: {@code java -cp … io.raftoral.workflow.weave.WeaveMain
 * target/classes}. Classes that are woven already are left alone, so it may be run again.
 */
public final class WeaveMain {
  private WeaveMain() {}

  /**
   * Weaves.
   *
   * @param args directories of class files
   */
  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      throw new IllegalArgumentException("name the directories whose classes are to be woven, such as target/classes");
    }
    for (String each : args) {
      weave(Path.of(each));
    }
  }

  /** Weaves the class files below a directory; returns those that were changed. */
  public static List<Path> weave(Path directory) throws IOException {
    ClassIndex index =
        new ClassIndex(ClassSource.of(directory).or(ClassSource.of(WeaveMain.class.getClassLoader())));
    List<Path> woven = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(file -> file.toString().endsWith(".class")).sorted().toList();
    }
    for (Path file : files) {
      byte[] changed = new ClassWeaver(index).weave(ClassFile.of().parse(Files.readAllBytes(file)));
      if (changed != null) {
        Files.write(file, changed);
        woven.add(file);
      }
    }
    return woven;
  }
}
