package io.raftoral.simulation.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Loads Raftoral's own classes anew, patched; everything else comes from the parent. */
final class PatchingLoader extends ClassLoader {
  private static final String OWN = "io.raftoral.";

  private final List<Patch> patches;
  private final Set<Patch> open;

  PatchingLoader(ClassLoader parent, List<Patch> patches) {
    super(parent);
    this.patches = patches;
    this.open = new HashSet<>(patches);
  }

  /** Whether a patch's class was never loaded, so that the bug was not there. */
  boolean hasUnused() {
    return !open.isEmpty();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      return name.startsWith(OWN) ? define(name) : super.loadClass(name, resolve);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      for (Patch patch : patches) {
        if (patch.className().equals(name)) {
          bytes = patch.apply(bytes);
          open.remove(patch);
        }
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read class " + name, e);
    }
  }
}
