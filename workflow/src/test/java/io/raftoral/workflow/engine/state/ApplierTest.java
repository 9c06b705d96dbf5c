package io.raftoral.workflow.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftoral.proto.v1.WorkflowProto;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.memory.MemoryDisk;
import io.raftoral.storage.memory.MemoryStateStore;
import io.raftoral.workflow.RunStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private static final By FIRST = new By(1, 1);
  private static final By OTHER = new By(1, 2);

  private final MemoryDisk disk = new MemoryDisk();
  private final MemoryStateStore store = new MemoryStateStore(disk);
  private final KeyLayout keys = new KeyLayout(1);
  private final Applier applier = new Applier(keys, store);
  private final StateReader reader = new StateReader(keys, store);
  private long index;

  private List<Applied> apply(long term, Command... commands) {
    List<byte[]> encoded = Stream.of(commands).map(CommandCodec::encode).toList();
    return applier.apply(List.of(new Committed.Commands(++index, term, encoded)));
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private RunInfo started(String id) {
    Applied event = apply(1, new Command.Start(100, id, "type", 1, json("1"))).getFirst();
    return ((Applied.Started) event).info();
  }

  private static Command.Checkpoint checkpoint(RunInfo run, By by, long base, long first, Outcome... outcomes) {
    List<ByteString> encoded = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      encoded.add(ByteString.copyFrom(OutcomeCodec.encode(outcome)));
    }
    return new Command.Checkpoint(200, run.run(), run.slot(), Branch.MAIN, by, base, first, encoded);
  }

  private static Command.Intent intent(RunInfo run, By by, long base, long position) {
    return new Command.Intent(200, run.run(), run.slot(), Branch.MAIN, by, base, position);
  }

  private static Outcome assign(String variable, String json) {
    return new Outcome.Assigned(variable, new Result.Value(json(json)));
  }

  private static Applied.Reason rejection(List<Applied> events) {
    return ((Applied.Rejected) events.getFirst()).reason();
  }

  @Test
  void fenceRejectsACommandThatWasComputedInAnotherTermThanItsEntrys() {
    RunInfo run = started("w");

    // The same node was elected again, and an old command has found its way into a new entry.
    assertThat(rejection(apply(3, checkpoint(run, FIRST, 0, 1, assign("a", "1"))))).isEqualTo(Applied.Reason.FENCE);
    assertThat(rejection(apply(3, intent(run, FIRST, 0, 1)))).isEqualTo(Applied.Reason.FENCE);

    assertThat(reader.head(run).main()).isEqualTo(BranchHead.EMPTY);
    assertThat(apply(3, checkpoint(run, new By(3, 1), 0, 1, assign("a", "1"))).getFirst())
        .isInstanceOf(Applied.Advanced.class);
  }

  @Test
  void chainRejectsAPositionThatIsNotTheNextEmptyOne() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "1")));

    assertThat(rejection(apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "9"))))).isEqualTo(Applied.Reason.CHAIN);
    assertThat(rejection(apply(1, checkpoint(run, FIRST, 0, 3, assign("a", "9"))))).isEqualTo(Applied.Reason.CHAIN);
    assertThat(reader.journal(run, Branch.MAIN, 1, 9, 9)).hasSize(1);
  }

  @Test
  void chainRejectsAnOutcomeThatWasComputedFromOthersThanThoseInTheJournal() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "1")));

    // Its thread has computed position 1 itself, differently: base is still 0.
    assertThat(rejection(apply(1, checkpoint(run, OTHER, 0, 2, assign("b", "9"))))).isEqualTo(Applied.Reason.CHAIN);
    assertThat(rejection(apply(1, intent(run, OTHER, 0, 2)))).isEqualTo(Applied.Reason.CHAIN);
    // This one has read position 1 from the journal.
    assertThat(apply(1, checkpoint(run, OTHER, 1, 2, assign("b", "2"))).getFirst())
        .isInstanceOf(Applied.Advanced.class);
    // And this one continues its own outcome.
    assertThat(apply(1, checkpoint(run, OTHER, 1, 3, assign("b", "3"))).getFirst())
        .isInstanceOf(Applied.Advanced.class);
  }

  @Test
  void aPositionHasOneIntentAndItsHolderNeverChanges() {
    RunInfo run = started("w");
    assertThat(apply(1, intent(run, FIRST, 0, 1)).getFirst()).isInstanceOf(Applied.IntentHeld.class);

    assertThat(rejection(apply(1, intent(run, OTHER, 0, 1)))).isEqualTo(Applied.Reason.INTENT_HELD);
    assertThat(rejection(apply(2, intent(run, new By(2, 1), 0, 1)))).isEqualTo(Applied.Reason.INTENT_HELD);
    assertThat(reader.head(run).main().intent()).isEqualTo(FIRST);

    apply(2, checkpoint(run, new By(2, 1), 0, 1, new Outcome.EffectDone("e", 1, Result.UNKNOWN)));
    assertThat(reader.head(run).main().intent()).isNull();
  }

  @Test
  void aCheckpointIsAcceptedOrRejectedAsAWhole() {
    RunInfo run = started("w");
    Outcome end = Outcome.Ended.of(new Result.Value(json("1")));

    assertThat(rejection(apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "1"), end, assign("a", "2")))))
        .isEqualTo(Applied.Reason.MALFORMED);
    assertThat(rejection(apply(1, checkpoint(run, FIRST, 0, 1)))).isEqualTo(Applied.Reason.MALFORMED);
    assertThat(reader.journal(run, Branch.MAIN, 1, 9, 9)).isEmpty();
  }

  @Test
  void anEndedRunTakesNothingMore() {
    RunInfo run = started("w");
    List<Applied> events = apply(1, checkpoint(run, FIRST, 0, 1, Outcome.Ended.of(new Result.Value(json("7")))));

    assertThat(events).hasSize(2).last().isInstanceOf(Applied.Ended.class);
    assertThat(rejection(apply(1, checkpoint(run, FIRST, 0, 2, assign("a", "1")))))
        .isEqualTo(Applied.Reason.NOT_OPEN);
    assertThat(reader.head(run).status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(reader.result(run, reader.head(run))).isEqualTo(new Result.Value(json("7")));
    assertThat(applier.openRuns()).isZero();
    assertThat(applier.endedRuns()).isEqualTo(1);
    assertThat(reader.awake()).isEmpty();
  }

  @Test
  void startingAnIdAgainFindsItsRunEvenWithinOneBatch() {
    Command.Start start = new Command.Start(100, "w", "type", 1, json("1"));
    List<Applied> events = apply(1, start, start);

    assertThat(events).hasSize(2);
    assertThat((Applied.Started) events.get(0)).matches(Applied.Started::created);
    assertThat((Applied.Started) events.get(1)).matches(found -> !found.created());
    assertThat((Applied.Started) apply(1, start).getFirst()).matches(found -> !found.created());
    assertThat(applier.openRuns()).isEqualTo(1);
  }

  @Test
  void theGroupsClockNeverGoesBack() {
    started("w");
    RunInfo early = ((Applied.Started) apply(1, new Command.Start(50, "x", "type", 1, json("1"))).getFirst()).info();

    assertThat(early.startedMs()).isEqualTo(100);
    assertThat(applier.clockMs()).isEqualTo(100);
  }

  @Test
  void aTimerIsInTheIndexUntilItsBranchGoesOn() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, new Outcome.TimerSet(50, 250)));
    assertThat(store.get(keys.timer(run.slot(), 250, run.run(), Branch.MAIN, 1))).isNotNull();

    apply(1, checkpoint(run, FIRST, 0, 2, new Outcome.TimerFired(250)));
    assertThat(store.get(keys.timer(run.slot(), 250, run.run(), Branch.MAIN, 1))).isNull();
  }

  @Test
  void variablesAreListedInTheOrderOfTheirFirstAssignmentWithTheirLastValue() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, assign("z", "1"), assign("a", "2"), assign("z", "3")));
    apply(1, checkpoint(run, FIRST, 0, 4, assign("m", "4"), assign("a", "5")));

    Map<String, byte[]> variables = reader.variables(run);
    assertThat(variables.keySet()).containsExactly("z", "a", "m");
    assertThat(variables.get("z")).isEqualTo(json("3"));
    assertThat(variables.get("a")).isEqualTo(json("5"));
  }

  @Test
  void aRestartFindsWhatWasFlushedAndAppliesTheRestAgain() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "1")));
    apply(1, intent(run, FIRST, 0, 2));
    String before = StateImage.digest(keys, store).sha256();
    store.flush();
    apply(1, checkpoint(run, FIRST, 0, 2, new Outcome.EffectDone("e", 1, new Result.Value(json("1")))));
    String after = StateImage.digest(keys, store).sha256();
    store.abandon();
    disk.crash(0);

    MemoryStateStore survived = new MemoryStateStore(disk);
    Applier reopened = new Applier(keys, survived);
    assertThat(reopened.applied().index()).isEqualTo(3);
    assertThat(StateImage.digest(keys, survived).sha256()).isEqualTo(before).isNotEqualTo(after);
    Map<RunInfo, RunHead> awake = new StateReader(keys, survived).awake();
    assertThat(awake).containsOnlyKeys(run);
    assertThat(new StateReader(keys, survived).head(run).main())
        .isEqualTo(new BranchHead(2, FIRST, FIRST, BranchHead.NO_TIMER));

    Command again = checkpoint(run, FIRST, 0, 2, new Outcome.EffectDone("e", 1, new Result.Value(json("1"))));
    reopened.apply(List.of(new Committed.Commands(4, 1, List.of(CommandCodec.encode(again)))));
    assertThat(StateImage.digest(keys, survived).sha256()).isEqualTo(after);
  }

  @Test
  void anImageCarriesTheWholeState() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "1"), new Outcome.TimerSet(5, 300)));
    applier.apply(List.of(new Committed.Configuration(++index, 1, ConfState.ofVoters(List.of(1L, 2L)))));
    List<byte[]> parts = parts(applier.applied());

    MemoryDisk other = new MemoryDisk();
    MemoryStateStore otherStore = new MemoryStateStore(other);
    Applier restored = new Applier(keys, otherStore);
    restored.apply(
        List.of(
            new Committed.Commands(
                1, 1, List.of(CommandCodec.encode(new Command.Start(1, "gone", "type", 1, json("1")))))));
    StateStaging staging = new StateStaging(keys, otherStore, applier.applied());
    parts.forEach(staging::add);
    restored.restore(staging);
    otherStore.abandon();
    other.crash(0);

    MemoryStateStore survived = new MemoryStateStore(other);
    assertThat(StateImage.digest(keys, survived)).isEqualTo(StateImage.digest(keys, store));
    assertThat(new Applier(keys, survived).applied()).isEqualTo(applier.applied());
    assertThat(new StateReader(keys, survived).info("gone")).isNull();
  }

  private List<byte[]> parts(SnapshotMetadata at) {
    List<byte[]> parts = new ArrayList<>();
    try (SnapshotView view = StateImage.view(keys, store, at)) {
      byte[] cursor = SnapshotView.START;
      do {
        SnapshotView.Part part = view.read(cursor, 50);
        assertThat(view.read(cursor, 50).data()).as("read again").isEqualTo(part.data());
        parts.add(part.data());
        cursor = part.next();
      } while (cursor.length > 0);
    }
    assertThat(parts).hasSizeGreaterThan(2);
    return parts;
  }

  @Test
  void partsThatAreDamagedMissingOrOfAnotherStateChangeNothing() {
    RunInfo run = started("w");
    apply(1, checkpoint(run, FIRST, 0, 1, assign("a", "1")));
    StateImage.Digest before = StateImage.digest(keys, store);
    SnapshotMetadata at = applier.applied();
    List<byte[]> parts = parts(at);
    byte[] cut = Arrays.copyOf(parts.getFirst(), parts.getFirst().length - 1);
    byte[] newer = parts.getFirst().clone();
    newer[0]++;

    StateStaging staging = new StateStaging(keys, store, at);
    assertThatThrownBy(() -> staging.add(cut)).hasMessageContaining("part of a state is cut off");
    assertThatThrownBy(() -> staging.add(newer)).hasMessageContaining("version 2");
    StateStaging incomplete = new StateStaging(keys, store, at);
    parts.subList(0, parts.size() - 1).forEach(incomplete::add);
    assertThatThrownBy(() -> applier.restore(incomplete)).hasMessageContaining("claims to be at");
    StateStaging another = new StateStaging(keys, store, new SnapshotMetadata(99, 1, at.confState()));
    parts.forEach(another::add);
    assertThatThrownBy(() -> applier.restore(another)).hasMessageContaining("claims to be at");
    assertThat(StateImage.digest(keys, store)).isEqualTo(before);
  }

  @Test
  void aCommandOfAnUnknownVersionOrKindStopsTheNode() {
    byte[] newer = WorkflowProto.Command.newBuilder().setVersion(2).build().toByteArray();
    byte[] strange = WorkflowProto.Command.newBuilder().setVersion(1).build().toByteArray();

    assertThatThrownBy(() -> applier.apply(List.of(new Committed.Commands(1, 1, List.of(newer)))))
        .isInstanceOf(UnknownCommandException.class)
        .hasMessageContaining("version 2")
        .hasMessageContaining("run a release at least as new");
    assertThatThrownBy(() -> applier.apply(List.of(new Committed.Commands(1, 1, List.of(strange)))))
        .isInstanceOf(UnknownCommandException.class);
  }

  @Test
  void anOutcomeOfAnUnknownKindStopsTheNode() {
    RunInfo run = started("w");
    Command.Checkpoint command =
        new Command.Checkpoint(1, run.run(), run.slot(), Branch.MAIN, FIRST, 0, 1, List.of(ByteString.EMPTY));

    assertThatThrownBy(() -> apply(1, command)).isInstanceOf(UnknownCommandException.class);
  }

  @Test
  void entriesMustFollowOneAnother() {
    assertThatThrownBy(() -> applier.apply(List.of(new Committed.Commands(2, 1, List.of()))))
        .hasMessageContaining("entry 2")
        .hasMessageContaining("applied 0");
  }

  @Test
  void branchesHaveChainsOfTheirOwn() {
    RunInfo run = started("w");
    Branch child = new Branch(List.of(new Branch.Fork(2, 1)));
    ByteString outcome = ByteString.copyFrom(OutcomeCodec.encode(assign("a", "1")));
    Command first = new Command.Checkpoint(1, run.run(), run.slot(), child, FIRST, -1, 1, List.of(outcome));
    apply(1, checkpoint(run, FIRST, 0, 1, assign("m", "1")));
    assertThat(apply(1, first).getFirst()).as("nobody has forked it yet").isInstanceOf(Applied.Rejected.class);
    apply(1, checkpoint(run, FIRST, 0, 2, new Outcome.Forked(Outcome.Join.ALL, 2)));

    List<Applied> events = apply(1, first);

    assertThat(events.getFirst()).isInstanceOf(Applied.Advanced.class);
    assertThat(reader.branch(run, child).next()).isEqualTo(2);
    assertThat(reader.head(run).main().next()).isEqualTo(3);
    assertThat(reader.head(run).checkpoints()).isEqualTo(3);
    assertThat(Branch.decode(child.encoded())).isEqualTo(child);
    assertThat(reader.journal(run, Branch.MAIN, 1, 99, 99)).hasSize(2);
  }
}
