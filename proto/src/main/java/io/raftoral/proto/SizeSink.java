package io.raftoral.proto;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/** Counts the bytes that fields take. */
final class SizeSink implements FieldSink {
  private long size;

  /** The encoded size of a record, without a length in front. */
  static <T> int of(T record, Fields<T> fields) {
    SizeSink sink = new SizeSink();
    try {
      fields.describe(record, sink);
    } catch (IOException e) {
      throw new AssertionError("counting does no I/O", e);
    }
    if (sink.size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a record of " + sink.size + " bytes is larger than protobuf allows");
    }
    return (int) sink.size;
  }

  @Override
  public void number(int field, long value) {
    if (value != 0) {
      size += CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt64SizeNoTag(value);
    }
  }

  @Override
  public void bytes(int field, byte[] value) {
    bytesHeader(field, value.length);
    size += value.length;
  }

  @Override
  public void bytesHeader(int field, int length) {
    size += CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length);
  }

  @Override
  public <T> void nested(int field, T record, Fields<T> fields) {
    int length = of(record, fields);
    bytesHeader(field, length);
    size += length;
  }
}
