package io.raftoral.workflow;

/** What may be used as a name. */
final class Names {
  private static final int MAX_LENGTH = 128;

  private Names() {}

  /** Returns {@code name}, or throws if it cannot be used for {@code what}. */
  static String check(String what, String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw new ConfigurationException(
          what + " name must have 1 to " + MAX_LENGTH + " characters, but has " + name.length());
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean allowed =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
      if (!allowed) {
        throw new ConfigurationException(
            what + " name \"" + name + "\": only letters, digits, '.', '_' and '-' are allowed");
      }
    }
    return name;
  }
}
