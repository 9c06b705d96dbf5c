package io.raftoral.proto;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Turns the records of the Raft core into protobuf ({@code raft.proto}) and back. Stateless, for any thread.
 *
 * <p>Reading copies each payload once, from the given bytes into the record; writing copies it once, from the record
 * into the given stream. Reading checks every value and throws {@link DecodeException}, and nothing else, whatever the
 * bytes are.
 */
public final class RaftCodec {
  /**
   * The largest id, term or index that is believed. At a million entries a second it lasts for two thousand years;
   * more can only be an attempt to make a counter run over.
   */
  public static final long MAX_NUMBER = 1L << 56;

  /** The most nodes in one list of a configuration, and in one change. */
  public static final int MAX_MEMBERS = 1_024;

  /** The most entries or proposals in one message. */
  public static final int MAX_ITEMS = 1 << 20;

  private RaftCodec() {}

  /** The encoded size of a message in bytes. */
  public static int sizeOf(Message message) {
    return SizeSink.of(message, RecordFields::message);
  }

  /** The encoded size of an entry in bytes. */
  public static int sizeOf(Entry entry) {
    return SizeSink.of(entry, RecordFields::entry);
  }

  /** Writes a message, without a length in front. */
  public static void write(Message message, CodedOutputStream out) throws IOException {
    RecordFields.message(message, new WriteSink(out));
  }

  /** Writes an entry, without a length in front. */
  public static void write(Entry entry, CodedOutputStream out) throws IOException {
    RecordFields.entry(entry, new WriteSink(out));
  }

  /**
   * The encoding of a snapshot message up to the snapshot's data. The data, appended unchanged, completes it: so a
   * large snapshot can be sent without being copied.
   */
  public static byte[] encodePrefix(Message.InstallSnapshot message) {
    return encode(message, RecordFields::snapshotPrefix);
  }

  public static byte[] encode(Message message) {
    return encode(message, RecordFields::message);
  }

  public static byte[] encode(Entry entry) {
    return encode(entry, RecordFields::entry);
  }

  public static byte[] encode(HardState state) {
    return encode(state, RecordFields::hardState);
  }

  public static byte[] encode(SnapshotMetadata metadata) {
    return encode(metadata, RecordFields::snapshotMetadata);
  }

  public static byte[] encode(ConfState state) {
    return encode(state, RecordFields::confState);
  }

  public static byte[] encode(ConfChange change) {
    return encode(change, RecordFields::confChange);
  }

  public static Message decodeMessage(byte[] bytes) throws DecodeException {
    return FieldReader.decode("a message", bytes, MessageReader::message);
  }

  public static Message decodeMessage(ByteBuffer bytes) throws DecodeException {
    return FieldReader.decode("a message", bytes, MessageReader::message);
  }

  /** Reads a message that ends at the stream's current limit. */
  public static Message decodeMessage(CodedInputStream in) throws DecodeException {
    return FieldReader.decode("a message", in, MessageReader::message);
  }

  public static Entry decodeEntry(byte[] bytes) throws DecodeException {
    return FieldReader.decode("an entry", bytes, RecordReader::entry);
  }

  public static Entry decodeEntry(ByteBuffer bytes) throws DecodeException {
    return FieldReader.decode("an entry", bytes, RecordReader::entry);
  }

  public static HardState decodeHardState(byte[] bytes) throws DecodeException {
    return FieldReader.decode("a hard state", bytes, RecordReader::hardState);
  }

  public static SnapshotMetadata decodeSnapshotMetadata(byte[] bytes) throws DecodeException {
    return FieldReader.decode("a snapshot's metadata", bytes, RecordReader::snapshotMetadata);
  }

  public static ConfState decodeConfState(byte[] bytes) throws DecodeException {
    return FieldReader.decode("a configuration", bytes, RecordReader::confState);
  }

  public static ConfChange decodeConfChange(byte[] bytes) throws DecodeException {
    return FieldReader.decode("a configuration change", bytes, RecordReader::confChange);
  }

  private static <T> byte[] encode(T record, FieldSink.Fields<T> fields) {
    byte[] bytes = new byte[SizeSink.of(record, fields)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.describe(record, new WriteSink(out));
    } catch (IOException e) {
      throw new AssertionError("an array that was made to measure is too small", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
