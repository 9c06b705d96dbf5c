package io.raftoral.proto;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the fields of one record and checks every value before it becomes part of one. Fields that this version does
 * not know are skipped, as proto3 has it; a known field of the wrong type is an error.
 */
final class FieldReader {
  /** No protobuf here nests deeper than 5 levels; unknown groups may not either. */
  private static final int MAX_DEPTH = 16;

  private final CodedInputStream in;
  private int tag;

  FieldReader(CodedInputStream in) {
    this.in = in;
  }

  /** Reads a record's fields. */
  interface Body<T> {
    T read(FieldReader in) throws IOException, DecodeException;
  }

  static <T> T decode(String what, byte[] bytes, Body<T> body) throws DecodeException {
    return decode(what, CodedInputStream.newInstance(bytes), body);
  }

  static <T> T decode(String what, ByteBuffer bytes, Body<T> body) throws DecodeException {
    return decode(what, CodedInputStream.newInstance(bytes), body);
  }

  /** Reads up to the stream's current limit or end. */
  static <T> T decode(String what, CodedInputStream in, Body<T> body) throws DecodeException {
    in.setRecursionLimit(MAX_DEPTH);
    try {
      return body.read(new FieldReader(in));
    } catch (InvalidProtocolBufferException e) {
      throw new DecodeException(what + " is no valid protobuf: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new DecodeException(what + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The number of the next field, 0 at the end of the record. */
  int next() throws IOException {
    tag = in.readTag();
    return WireFormat.getTagFieldNumber(tag);
  }

  boolean isPacked() {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  void skip() throws IOException {
    in.skipField(tag);
  }

  /** Within 0 to {@link RaftCodec#MAX_NUMBER}. */
  long number(String name) throws IOException, DecodeException {
    requireType(name, WireFormat.WIRETYPE_VARINT);
    return checked(name, in.readUInt64());
  }

  /** A context that means something to its sender alone: any non-negative number. */
  long opaqueNumber(String name) throws IOException, DecodeException {
    requireType(name, WireFormat.WIRETYPE_VARINT);
    long value = in.readUInt64();
    if (value < 0) {
      throw new DecodeException(name + " is negative: " + value);
    }
    return value;
  }

  boolean flag(String name) throws IOException, DecodeException {
    requireType(name, WireFormat.WIRETYPE_VARINT);
    long value = in.readUInt64();
    if (value != 0 && value != 1) {
      throw new DecodeException(name + " is neither true nor false: " + value);
    }
    return value == 1;
  }

  byte[] bytes(String name) throws IOException, DecodeException {
    requireType(name, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.readByteArray();
  }

  /** Takes the numbers of a packed run one by one. */
  interface NumberConsumer {
    void accept(long number) throws DecodeException;
  }

  void packed(String name, NumberConsumer each) throws IOException, DecodeException {
    int limit = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      each.accept(checked(name, in.readUInt64()));
    }
    in.popLimit(limit);
  }

  /** Reads a nested record with this same reader, which stands behind it afterwards. */
  <T> T nested(String name, Body<T> body) throws IOException, DecodeException {
    requireType(name, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int length = in.readRawVarint32();
    int limit = in.pushLimit(length);
    T record = body.read(this);
    in.checkLastTagWas(0);
    if (in.getBytesUntilLimit() != 0) {
      throw new DecodeException(name + " does not end where it says");
    }
    in.popLimit(limit);
    return record;
  }

  static long checked(String name, long value) throws DecodeException {
    if (value < 0 || value > RaftCodec.MAX_NUMBER) {
      throw new DecodeException(name + " is out of range: " + Long.toUnsignedString(value));
    }
    return value;
  }

  static long positive(String name, long value) throws DecodeException {
    if (value == 0) {
      throw new DecodeException(name + " is missing or 0");
    }
    return checked(name, value);
  }

  private void requireType(String name, int wireType) throws DecodeException {
    if (WireFormat.getTagWireType(tag) != wireType) {
      throw new DecodeException(name + " has wire type " + WireFormat.getTagWireType(tag) + ", want " + wireType);
    }
  }
}
