package io.raftoral.workflow.lint;

import io.raftoral.workflow.bytecode.ClassIndex;

/**
 * A place in a workflow's code that is not deterministic.
 *
 * @param owner the class in whose code it is, with slashes
 * @param method the method's name, that of the method around it for a lambda
 * @param file the source file's name, empty if it is not known
 * @param line 0 if it is not known
 * @param what is called or done
 */
public record Finding(Rule rule, String owner, String method, String file, int line, String what) {

  /** What, where, why, and what to do. */
  public String message() {
    return "[" + rule.id() + "] " + what + " in " + where() + ": " + rule.why() + "; " + rule.instead();
  }

  private String where() {
    String name = ClassIndex.shown(owner);
    String simple = name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    return simple + "." + method + (file.isEmpty() ? "" : " (" + file + (line > 0 ? ":" + line : "") + ")");
  }
}
