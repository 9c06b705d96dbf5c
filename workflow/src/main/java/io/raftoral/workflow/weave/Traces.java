package io.raftoral.workflow.weave;

/** Stack traces as if the application's own class had run: with its name in place of the woven one's. */
final class Traces {
  private Traces() {}

  /** The same exception, with the names in its trace and in its causes' put right. */
  static <X extends Throwable> X cleaned(X thrown) {
    int depth = 0;
    for (Throwable each = thrown; each != null && depth < 20; each = each.getCause(), depth++) {
      clean(each);
    }
    return thrown;
  }

  private static void clean(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    boolean changed = false;
    for (int i = 0; i < trace.length; i++) {
      StackTraceElement frame = trace[i];
      if (frame.getClassName().endsWith(Twin.SUFFIX)) {
        String name = frame.getClassName().substring(0, frame.getClassName().length() - Twin.SUFFIX.length());
        trace[i] =
            new StackTraceElement(
                frame.getClassLoaderName(),
                frame.getModuleName(),
                frame.getModuleVersion(),
                name,
                frame.getMethodName(),
                frame.getFileName(),
                frame.getLineNumber());
        changed = true;
      }
    }
    if (changed) {
      thrown.setStackTrace(trace);
    }
  }
}
