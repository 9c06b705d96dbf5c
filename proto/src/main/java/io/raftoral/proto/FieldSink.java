package io.raftoral.proto;

import java.io.IOException;

/**
 * Takes the fields of a record in the order of the schema. There are two of them: one counts bytes, the other writes
 * them, so that each record is described once and size and content cannot disagree.
 *
 * <p>A zero, a false and an empty list are not written, as proto3 has it.
 */
interface FieldSink {

  /** Describes a record's fields. */
  interface Fields<T> {
    void describe(T record, FieldSink out) throws IOException;
  }

  void number(int field, long value) throws IOException;

  /** Written even if empty: presence has a meaning in a {@code oneof} and in a repeated field. */
  void bytes(int field, byte[] value) throws IOException;

  /** Written even if empty, for the same reason. */
  <T> void nested(int field, T record, Fields<T> fields) throws IOException;

  /** The start of a bytes field whose content the caller appends by itself. */
  void bytesHeader(int field, int length) throws IOException;

  default void flag(int field, boolean value) throws IOException {
    number(field, value ? 1 : 0);
  }
}
