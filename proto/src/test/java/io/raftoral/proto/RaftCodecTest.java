package io.raftoral.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftoral.proto.v1.AppendRequest;
import io.raftoral.proto.v1.ConfState;
import io.raftoral.proto.v1.Entry;
import io.raftoral.proto.v1.ForwardedConfChange;
import io.raftoral.proto.v1.Heartbeat;
import io.raftoral.proto.v1.InstallSnapshot;
import io.raftoral.proto.v1.PreVoteResponse;
import io.raftoral.proto.v1.RaftMessage;
import io.raftoral.proto.v1.ReadIndexRequest;
import io.raftoral.proto.v1.SnapshotMetadata;
import io.raftoral.proto.v1.TimeoutNow;
import io.raftoral.raft.message.Message;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What the reader refuses, and what it accepts though this version would not write it. */
class RaftCodecTest {

  private static RaftMessage.Builder message() {
    return RaftMessage.newBuilder().setFrom(1).setTo(2).setTerm(3);
  }

  private static Entry.Builder entry(long index, long term) {
    return Entry.newBuilder().setIndex(index).setTerm(term).setData(ByteString.copyFromUtf8("x"));
  }

  private static RaftMessage.Builder append(Entry.Builder... entries) {
    AppendRequest.Builder body = AppendRequest.newBuilder().setPrevIndex(5).setPrevTerm(2);
    for (Entry.Builder entry : entries) {
      body.addEntries(entry);
    }
    return message().setAppendRequest(body);
  }

  private static void assertRefused(RaftMessage.Builder message, String why) {
    assertThatThrownBy(() -> RaftCodec.decodeMessage(message.build().toByteArray()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aKnownFormStaysReadable() throws DecodeException {
    byte[] heartbeat = HexFormat.of().parseHex("0801100218033a0408041005");
    assertThat(RaftCodec.decodeMessage(heartbeat)).isEqualTo(new Message.Heartbeat(1, 2, 3, 4, 5));
    assertThat(RaftCodec.encode(new Message.Heartbeat(1, 2, 3, 4, 5))).isEqualTo(heartbeat);
  }

  @Test
  void messagesWithoutAKnownBodyAreRefused() {
    assertRefused(message(), "no body of a known kind");
    assertThatThrownBy(() -> RaftCodec.decodeMessage(HexFormat.of().parseHex("080110021803a20600")))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("no body of a known kind");
  }

  @Test
  void messagesWithTwoBodiesAreRefused() {
    byte[] one = message().setTimeoutNow(TimeoutNow.getDefaultInstance()).build().toByteArray();
    byte[] two = new byte[one.length + 2];
    System.arraycopy(one, 0, two, 0, one.length);
    two[one.length] = (7 << 3) | 2;
    assertThatThrownBy(() -> RaftCodec.decodeMessage(two)).hasMessageContaining("two bodies");
  }

  @Test
  void sendersReceiversAndTermsMustBeThereAndInRange() {
    TimeoutNow body = TimeoutNow.getDefaultInstance();
    assertRefused(message().setTimeoutNow(body).setFrom(0), "from is missing");
    assertRefused(message().setTimeoutNow(body).setTo(0), "to is missing");
    assertRefused(message().setTimeoutNow(body).setTerm(0), "has no term");
    assertRefused(message().setTimeoutNow(body).setFrom(-1), "out of range: 18446744073709551615");
    assertRefused(message().setTimeoutNow(body).setTerm(Long.MAX_VALUE), "out of range");
    assertRefused(message().setReadIndexRequest(ReadIndexRequest.newBuilder().setContext(1)), "want none");
  }

  @Test
  void onlyADeclinedPreVoteMayCarryTermZero() throws DecodeException {
    PreVoteResponse.Builder declined = PreVoteResponse.newBuilder();
    assertThat(RaftCodec.decodeMessage(message().setTerm(0).setPreVoteResponse(declined).build().toByteArray()))
        .isEqualTo(new Message.PreVoteResponse(1, 2, 0, false, 0, 0));
    assertRefused(message().setTerm(0).setPreVoteResponse(declined.setGranted(true)), "has no term");
  }

  @Test
  void appendsThatNoLeaderSendsAreRefused() {
    assertRefused(append(entry(7, 2)), "entry 7 where 6 belongs");
    assertRefused(append(entry(6, 2), entry(6, 2)), "entry 6 where 7 belongs");
    assertRefused(append(entry(6, 1)), "of term 1 after 2");
    assertRefused(append(entry(6, 4)), "append of term 3 holds entry 6 of term 4");
    assertRefused(append(entry(6, 2).clearData()), "no payload");
    assertRefused(append(entry(6, 0)), "term is missing");
    assertRefused(message().setAppendRequest(AppendRequest.newBuilder().setPrevIndex(5)), "follows index 5 of term 0");
    assertRefused(
        message().setAppendRequest(AppendRequest.newBuilder().setPrevIndex(5).setPrevTerm(4)), "follows an entry");
    assertRefused(message().setHeartbeat(Heartbeat.newBuilder().setCommit(-5)), "negative");
  }

  @Test
  void changesOfAnUnknownKindAreRefused() {
    var change = io.raftoral.proto.v1.ConfChange.newBuilder();
    assertRefused(
        message().setTerm(0).setForwardedConfChange(ForwardedConfChange.newBuilder().setChange(change)),
        "transition is missing");
    assertRefused(
        message()
            .setTerm(0)
            .setForwardedConfChange(ForwardedConfChange.newBuilder().setChange(change.setTransitionValue(9))),
        "transition is unknown: 9");
    change
        .setTransition(io.raftoral.proto.v1.ConfChange.Transition.TRANSITION_AUTO)
        .addChanges(io.raftoral.proto.v1.ConfChange.Change.newBuilder().setNodeId(1));
    assertRefused(
        message().setTerm(0).setForwardedConfChange(ForwardedConfChange.newBuilder().setChange(change)),
        "kind is missing");
    assertRefused(
        message().setTerm(0).setForwardedConfChange(ForwardedConfChange.getDefaultInstance()), "holds none");
  }

  @Test
  void snapshotsWithoutContentOrMembersAreRefused() {
    SnapshotMetadata.Builder metadata = SnapshotMetadata.newBuilder().setIndex(9).setTerm(2);
    InstallSnapshot.Builder body = InstallSnapshot.newBuilder().setMetadata(metadata);
    assertRefused(message().setInstallSnapshot(InstallSnapshot.newBuilder()), "metadata is missing");
    assertRefused(
        message().setInstallSnapshot(body.setData(ByteString.copyFromUtf8("s"))), "conf_state is missing");
    assertRefused(
        message()
            .setInstallSnapshot(
                body.setMetadata(metadata.setConfState(ConfState.newBuilder().addVoters(2).addVoters(1)))),
        "not ascending");
    assertRefused(
        message().setInstallSnapshot(body.setMetadata(metadata.setConfState(ConfState.newBuilder()))),
        "names nobody");
  }

  @Test
  void listsBeyondTheirBoundAreRefused() {
    ConfState.Builder voters = ConfState.newBuilder();
    for (int id = 1; id <= RaftCodec.MAX_MEMBERS + 1; id++) {
      voters.addVoters(id);
    }
    assertThatThrownBy(() -> RaftCodec.decodeConfState(voters.build().toByteArray()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("more than " + RaftCodec.MAX_MEMBERS);
  }

  @Test
  void fieldsOfALaterVersionAreSkipped() throws DecodeException {
    byte[] known = RaftCodec.encode(new Message.TimeoutNow(1, 2, 3));
    byte[] extended = Arrays.copyOf(known, known.length + 4);
    byte[] field100 = HexFormat.of().parseHex("a006ff01");
    System.arraycopy(field100, 0, extended, known.length, 4);
    assertThat(RaftCodec.decodeMessage(extended)).isEqualTo(new Message.TimeoutNow(1, 2, 3));
  }

  @Test
  void deepNestingIsRefused() {
    byte[] groups = new byte[2_000];
    Arrays.fill(groups, (byte) ((30 << 3) | 3));
    groups[0] = (byte) 0xf3;
    assertThatThrownBy(() -> RaftCodec.decodeMessage(groups)).isInstanceOf(DecodeException.class);
  }

  @Test
  void lengthsBeyondTheInputAreRefusedBeforeAnythingIsAllocated() {
    // An entry whose data claims two gigabytes.
    byte[] bytes = HexFormat.of().parseHex("080110021affffffff07");
    assertThatThrownBy(() -> RaftCodec.decodeEntry(bytes)).isInstanceOf(DecodeException.class);
  }
}
