package io.raftoral.proto;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Writes fields to a protobuf stream. */
record WriteSink(CodedOutputStream out) implements FieldSink {

  @Override
  public void number(int field, long value) throws IOException {
    if (value != 0) {
      out.writeUInt64(field, value);
    }
  }

  @Override
  public void bytes(int field, byte[] value) throws IOException {
    out.writeByteArray(field, value);
  }

  @Override
  public void bytesHeader(int field, int length) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
  }

  @Override
  public <T> void nested(int field, T record, Fields<T> fields) throws IOException {
    bytesHeader(field, SizeSink.of(record, fields));
    fields.describe(record, this);
  }
}
