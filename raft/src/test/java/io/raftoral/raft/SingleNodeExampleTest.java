package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the example of the package's description, and sees to it that the two stay the same. */
class SingleNodeExampleTest {

  @Test
  @Timeout(30)
  void theExampleRuns() {
    // example begins
    // The log. It starts out empty, with node 1 as the only voter.
    MemoryLogStorage log = new MemoryLogStorage(ConfState.ofVoters(List.of(1L)));
    RawNode node = new RawNode(RaftConfig.defaults(1), log, new Random());
    List<String> state = new ArrayList<>(); // the state machine

    node.campaign(); // do not wait for the election timeout
    boolean proposed = false;
    while (state.isEmpty()) {
      node.tick(); // in a service: every 100 ms, say; and node.step(message) for everything that arrives
      if (!proposed && node.status().role() == RoleName.LEADER) {
        node.propose(List.of("hello".getBytes(StandardCharsets.UTF_8)));
        proposed = true;
      }
      while (node.hasReady()) {
        Ready ready = node.ready();
        // 1. Messages that promise nothing may leave at once: here there is nobody to send them to.
        send(ready.messages());
        // 2. Write. A real log must have synced this, if ready.mustSync(), before it goes on.
        log.write(ready.hardState(), ready.snapshot(), ready.entries());
        // 3. Votes and acknowledgements leave only now, since they promise what was just written.
        send(ready.messagesAfterPersist());
        // 4. Apply what is committed.
        for (Entry entry : ready.committedEntries()) {
          switch (entry) {
            case Entry.Normal normal when normal.data().length > 0 ->
                state.add(new String(normal.data(), StandardCharsets.UTF_8));
            case Entry.Normal blank -> {} // the entry with which a leader begins its term
            case Entry.Membership membership -> log.confState(node.applyConfChange(membership.change()));
          }
        }
        // 5. Say that all this is done.
        node.advance(ready);
      }
    }
    // example ends
    assertThat(state).containsExactly("hello");
  }

  private static void send(List<Message> messages) {
    assertThat(messages).isEmpty();
  }

  @Test
  void theJavadocShowsWhatIsRunHere() throws IOException {
    String test = Files.readString(Path.of("src/test/java/io/raftoral/raft/SingleNodeExampleTest.java"));
    String code = test.substring(test.indexOf("// example begins\n") + 18, test.indexOf("    // example ends\n"));
    String javadoc = Files.readString(Path.of("src/main/java/io/raftoral/raft/package-info.java"));
    String shown = code.indent(-4).lines().map(line -> (" * " + line).stripTrailing()).collect(Collectors.joining("\n"));
    assertThat(javadoc).contains(shown);
  }
}
