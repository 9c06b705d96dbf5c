package io.raftoral.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftoral.proto.v1.RaftMessage;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What holds for every record and for every sequence of bytes. */
class RaftCodecProperties {

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void everyMessageComesBackAsItWas(@ForAll MessageKind kind, @ForAll long seed) throws DecodeException {
    Message message = new RecordArbitraries(new Random(seed)).message(kind);
    byte[] bytes = RaftCodec.encode(message);

    assertThat(bytes).hasSize(RaftCodec.sizeOf(message));
    assertSame(RaftCodec.decodeMessage(bytes), message);
    assertSame(RaftCodec.decodeMessage(ByteBuffer.wrap(bytes)), message);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    assertSame(RaftCodec.decodeMessage(direct), message);
  }

  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theBytesAreThoseOfTheSchema(@ForAll MessageKind kind, @ForAll long seed)
      throws DecodeException, InvalidProtocolBufferException {
    Message message = new RecordArbitraries(new Random(seed)).message(kind);
    RaftMessage generated = RaftMessage.parseFrom(RaftCodec.encode(message));

    assertThat(generated.getUnknownFields().asMap()).isEmpty();
    assertThat(generated.getBodyCase().getNumber()).isEqualTo(kind.field());
    assertThat(generated.getFrom()).isEqualTo(message.from());
    assertSame(RaftCodec.decodeMessage(generated.toByteArray()), message);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theOtherRecordsComeBackAsTheyWere(@ForAll long seed) throws DecodeException {
    RecordArbitraries some = new RecordArbitraries(new Random(seed));

    var entry = some.entry(some.positive(), some.positive());
    assertThat(RaftCodec.decodeEntry(RaftCodec.encode(entry))).isEqualTo(entry);
    assertThat(RaftCodec.encode(entry)).hasSize(RaftCodec.sizeOf(entry));
    var hardState = some.hardState();
    assertThat(RaftCodec.decodeHardState(RaftCodec.encode(hardState))).isEqualTo(hardState);
    var confState = some.confState();
    assertThat(RaftCodec.decodeConfState(RaftCodec.encode(confState))).isEqualTo(confState);
    var change = some.confChange();
    assertThat(RaftCodec.decodeConfChange(RaftCodec.encode(change))).isEqualTo(change);
    var metadata = some.metadata(some.positive());
    assertThat(RaftCodec.decodeSnapshotMetadata(RaftCodec.encode(metadata))).isEqualTo(metadata);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void aSnapshotsPrefixAndItsDataAreTheWholeMessage(@ForAll long seed) {
    Message.InstallSnapshot message =
        (Message.InstallSnapshot) new RecordArbitraries(new Random(seed)).message(MessageKind.INSTALL_SNAPSHOT);
    byte[] prefix = RaftCodec.encodePrefix(message);
    byte[] data = message.snapshot().data();
    byte[] whole = Arrays.copyOf(prefix, prefix.length + data.length);
    System.arraycopy(data, 0, whole, prefix.length, data.length);

    assertThat(whole).isEqualTo(RaftCodec.encode(message));
  }

  /** Flips, cuts and inserts at random: either the result is a valid message or a {@link DecodeException} says no. */
  @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void damagedBytesNeverFailInAnyOtherWay(@ForAll MessageKind kind, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = RaftCodec.encode(new RecordArbitraries(random).message(kind));
    for (int i = random.nextInt(1, 4); i > 0 && bytes.length > 0; i--) {
      if (random.nextInt(3) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 5));
      } else {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    assertDecodesOrRefuses(bytes);
  }

  @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void randomBytesNeverFailInAnyOtherWay(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    assertDecodesOrRefuses(bytes);
  }

  private static void assertDecodesOrRefuses(byte[] bytes) {
    try {
      Message message = RaftCodec.decodeMessage(bytes);
      assertThat(message.from()).isPositive();
      assertThat(RaftCodec.encode(message)).hasSize(RaftCodec.sizeOf(message));
    } catch (DecodeException e) {
      assertThat(e).hasMessageMatching("(?s).{10,}");
    }
    try {
      Entry entry = RaftCodec.decodeEntry(bytes);
      assertThat(entry.index()).isPositive();
    } catch (DecodeException e) {
      assertThat(e).hasMessageMatching("(?s).{10,}");
    }
  }

  /** Equality, but for the arrays that a list of proposals holds. */
  private static void assertSame(Message actual, Message expected) {
    if (expected instanceof Message.ForwardedProposal wanted) {
      assertThat(actual).isInstanceOf(Message.ForwardedProposal.class);
      Message.ForwardedProposal got = (Message.ForwardedProposal) actual;
      assertThat(got.from()).isEqualTo(wanted.from());
      assertThat(got.to()).isEqualTo(wanted.to());
      assertThat(got.data().toArray(byte[][]::new)).isDeepEqualTo(wanted.data().toArray(byte[][]::new));
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
