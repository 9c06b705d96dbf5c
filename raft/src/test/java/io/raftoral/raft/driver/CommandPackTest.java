package io.raftoral.raft.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandPackTest {

  @Test
  void unpacksWhatItPacked() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 200; round++) {
      List<byte[]> commands = new ArrayList<>();
      int count = random.nextInt(1, 40);
      for (int i = 0; i < count; i++) {
        byte[] command = new byte[random.nextInt(0, 400)];
        random.nextBytes(command);
        commands.add(command);
      }
      assertThat(CommandPack.unpack(pack(commands))).containsExactlyElementsOf(commands);
    }
  }

  @Test
  void holdsCommandsLargerThanOneLengthByteCanSay() {
    byte[] large = new byte[3 << 20];
    large[large.length - 1] = 42;
    assertThat(CommandPack.unpack(pack(List.of(large, new byte[0], large)))).containsExactly(large, new byte[0], large);
  }

  @Test
  void costsTwoBytesForASmallCommandMoreOrLess() {
    assertThat(pack(List.of("x".getBytes(UTF_8)))).hasSize(4);
    assertThat(pack(List.of(new byte[256], new byte[256]))).hasSize(2 + 2 * 2 + 2 * 256);
  }

  @Test
  void takesEmptyDataForABlankEntry() {
    assertThat(CommandPack.unpack(new byte[0])).isEmpty();
  }

  @Test
  void refusesAFormatItDoesNotKnow() {
    byte[] data = pack(List.of("x".getBytes(UTF_8)));
    data[0] = 2;
    assertThatThrownBy(() -> CommandPack.unpack(data)).hasMessageContaining("format version 2");
  }

  @Test
  void refusesEveryTruncation() {
    byte[] data = pack(List.of("hello".getBytes(UTF_8), new byte[300]));
    for (int length = 1; length < data.length; length++) {
      byte[] cut = Arrays.copyOf(data, length);
      assertThatThrownBy(() -> CommandPack.unpack(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesTrailingBytesAndOverlongNumbers() {
    byte[] data = pack(List.of("hello".getBytes(UTF_8)));
    byte[] longer = Arrays.copyOf(data, data.length + 1);
    assertThatThrownBy(() -> CommandPack.unpack(longer)).hasMessageContaining("claim 5 bytes, but 6");
    byte[] huge = {1, -1, -1, -1, -1, -1, -1};
    assertThatThrownBy(() -> CommandPack.unpack(huge)).isInstanceOf(IllegalArgumentException.class);
    byte[] manyCommands = {1, -1, -1, 127};
    assertThatThrownBy(() -> CommandPack.unpack(manyCommands)).hasMessageContaining("claims to hold");
  }

  private static byte[] pack(List<byte[]> commands) {
    List<Input.Proposal> proposals = new ArrayList<>();
    GroupLoop none = null;
    for (byte[] command : commands) {
      proposals.add(proposal(none, command));
    }
    return CommandPack.pack(proposals, 0, proposals.size());
  }

  @SuppressWarnings("NullAway") // Packing looks at the bytes alone.
  private static Input.Proposal proposal(@Nullable GroupLoop group, byte[] command) {
    return new Input.Proposal(group, command, ProposalListener.IGNORE);
  }
}
