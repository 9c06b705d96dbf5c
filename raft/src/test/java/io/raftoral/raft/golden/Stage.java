package io.raftoral.raft.golden;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.Ready;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Carries out the commands of a golden file, one line at a time, and tells what happened.
 *
 * <pre>
 *   nodes 3 prevote checkquorum        voters 1 to 3; options: prevote checkquorum lease leasereads noforward
 *                                      nostepdown novalidate heartbeat=N maxsize=N inflight=N applysize=N
 *   node 4 voters=1,2,3 learners=4     one more node that starts with this configuration
 *   log 1 1 1 2                        fills the log of node 1 with entries of these terms, before anything else
 *   hardstate 1 term=2 vote=1 commit=3
 *   campaign 1 | tick 1 [times] | propose 1 text | change 1 +4 -2 ~3 [implicit|explicit] | leave 1
 *   transfer 1 2 | read 1 | forget 1 | unreachable 1 2 | report 1 2 delivered|failed
 *   ready 1                            takes one Ready, writes, sends and applies it
 *   take 1                             takes one Ready; what it wants written and applied waits
 *   persist 1 [n] | apply 1 [n]        the oldest n of these are done (1 if not said)
 *   deliver 2 | deliver 1-&gt;2 [n]        delivers what is on the wire, in order
 *   drop 2 | drop 1-&gt;2                  loses it
 *   settle                             everything, until nothing moves
 *   quietly command                    carries a command out and tells nothing
 *   state | progress 1 | terms 1       looks at all nodes, at a leader's peers, at a log
 *   compact 1 | crash 1 | restart 1
 * </pre>
 */
final class Stage {
  private final SortedMap<Long, Actor> actors = new TreeMap<>();
  private final List<Message> wire = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private RaftConfig template = RaftConfig.defaults(1).withPreVote(false).withCheckQuorum(false);

  List<String> perform(String line) {
    told.clear();
    List<String> words = Arrays.asList(line.trim().split("\\s+"));
    try {
      command(words.getFirst(), words.subList(1, words.size()));
    } catch (RaftInvariantViolation e) {
      tell("violation: " + e.getMessage());
    }
    return List.copyOf(told);
  }

  private void tell(String line) {
    told.add(line);
  }

  private void command(String verb, List<String> args) {
    switch (verb) {
      case "nodes" -> nodes(args);
      case "node" -> addNode(args);
      case "log" -> fillLog(actor(args), numbers(args));
      case "hardstate" ->
          actor(args)
              .storage
              .hardState(new HardState(option(args, "term"), option(args, "vote"), option(args, "commit")));
      case "campaign" -> raw(args).campaign();
      case "tick" -> repeat(args, () -> raw(args).tick());
      case "propose" -> result(raw(args).propose(List.of(args.get(1).getBytes(StandardCharsets.UTF_8))));
      case "change" -> result(raw(args).proposeConfChange(change(args.subList(1, args.size()))));
      case "leave" -> result(raw(args).proposeConfChange(ConfChange.leaveJoint()));
      case "transfer" -> raw(args).transferLeader(Long.parseLong(args.get(1)));
      case "read" -> tell(raw(args).readIndex(actor(args).nextRead()) ? "asked" : "refused");
      case "forget" -> raw(args).forgetLeader();
      case "unreachable" -> raw(args).reportUnreachable(Long.parseLong(args.get(1)));
      case "report" -> raw(args).reportSnapshot(Long.parseLong(args.get(1)), args.get(2).equals("delivered"));
      case "ready" -> ready(actor(args), true);
      case "take" -> ready(actor(args), false);
      case "persist" -> repeat(args, () -> persist(actor(args)));
      case "apply" -> repeat(args, () -> actor(args).apply());
      case "deliver" -> deliver(args);
      case "drop" -> matching(args).forEach(m -> tell("lost " + Words.of(m)));
      case "settle" -> settle();
      case "quietly" -> {
        command(args.getFirst(), args.subList(1, args.size()));
        told.clear();
      }
      case "state" -> actors.values().forEach(a -> tell(a.down() ? a.id + " is down" : Words.of(a.raw().status())));
      case "progress" -> raw(args).status().peers().forEach(peer -> tell(Words.of(peer)));
      case "terms" -> tell(actor(args).terms());
      case "compact" -> actor(args).compact();
      case "crash" -> actor(args).crash();
      case "restart" -> actor(args).start();
      default -> throw new IllegalArgumentException("unknown command " + verb);
    }
  }

  private void nodes(List<String> args) {
    for (String option : args.subList(1, args.size())) {
      template = configure(template, option);
    }
    List<Long> voters = new ArrayList<>();
    for (long id = 1; id <= Long.parseLong(args.getFirst()); id++) {
      voters.add(id);
    }
    voters.forEach(id -> actors.put(id, new Actor(id, template, ConfState.ofVoters(voters))));
  }

  private static RaftConfig configure(RaftConfig config, String option) {
    String[] pair = option.split("=", 2);
    long value = pair.length == 2 ? Long.parseLong(pair[1]) : 0;
    return switch (pair[0]) {
      case "prevote" -> config.withPreVote(true);
      case "checkquorum" -> config.withCheckQuorum(true);
      case "lease" -> config.withLeaderLease(true);
      case "leasereads" -> config.withReadMode(RaftConfig.ReadMode.LEASE);
      case "noforward" -> config.withForwardProposals(false);
      case "nostepdown" -> config.withStepDownOnRemoval(false);
      case "novalidate" -> config.withValidateConfChanges(false);
      case "heartbeat" -> config.withTicks(config.electionTicks(), (int) value);
      case "maxsize" -> config.withMaxSizePerMessageBytes(value);
      case "inflight" -> config.withMaxInFlight((int) value, 0);
      case "applysize" -> config.withMaxCommittedSizePerReadyBytes(value);
      default -> throw new IllegalArgumentException("unknown option " + option);
    };
  }

  private void addNode(List<String> args) {
    long id = Long.parseLong(args.getFirst());
    ConfState confState = new ConfState(ids(args, "voters"), ids(args, "learners"), List.of(), List.of(), false);
    actors.put(id, new Actor(id, template, confState));
  }

  private static List<Long> ids(List<String> args, String name) {
    return args.stream()
        .filter(arg -> arg.startsWith(name + "="))
        .flatMap(arg -> Arrays.stream(arg.substring(name.length() + 1).split(",")))
        .map(Long::valueOf)
        .toList();
  }

  private static long option(List<String> args, String name) {
    return ids(args, name).stream().findFirst().orElse(0L);
  }

  private static List<Long> numbers(List<String> args) {
    return args.subList(1, args.size()).stream().map(Long::valueOf).toList();
  }

  private static void fillLog(Actor actor, List<Long> terms) {
    List<Entry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(Entry.Normal.blank(term, entries.size() + 1));
    }
    actor.storage.append(entries);
    actor.storage.hardState(new HardState(terms.getLast(), Message.NOBODY, 0));
  }

  private static ConfChange change(List<String> words) {
    ConfChange.Transition transition = ConfChange.Transition.AUTO;
    List<ConfChange.Change> changes = new ArrayList<>();
    for (String word : words) {
      switch (word) {
        case "implicit" -> transition = ConfChange.Transition.JOINT_IMPLICIT;
        case "explicit" -> transition = ConfChange.Transition.JOINT_EXPLICIT;
        default -> {
          ConfChange.Kind kind =
              switch (word.charAt(0)) {
                case '+' -> ConfChange.Kind.ADD_VOTER;
                case '-' -> ConfChange.Kind.REMOVE;
                case '~' -> ConfChange.Kind.ADD_LEARNER;
                default -> throw new IllegalArgumentException("unknown change " + word);
              };
          changes.add(new ConfChange.Change(kind, Long.parseLong(word.substring(1))));
        }
      }
    }
    return new ConfChange(transition, changes);
  }

  private Actor actor(List<String> args) {
    Actor actor = actors.get(Long.valueOf(args.getFirst()));
    if (actor == null) {
      throw new IllegalArgumentException("no node " + args.getFirst());
    }
    return actor;
  }

  private RawNode raw(List<String> args) {
    return actor(args).raw();
  }

  private static void repeat(List<String> args, Runnable action) {
    int times = args.size() > 1 ? Integer.parseInt(args.get(1)) : 1;
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  private void result(ProposalResult result) {
    switch (result) {
      case ProposalResult.Appended appended -> tell("appended at " + appended.firstIndex());
      case ProposalResult.Forwarded forwarded -> tell("forwarded to " + forwarded.leader());
      case ProposalResult.Refused refused -> tell("refused: " + refused.reason());
    }
  }

  private void ready(Actor actor, boolean atOnce) {
    if (!actor.raw().hasReady()) {
      tell("nothing");
      return;
    }
    Ready ready = actor.take();
    describe(ready);
    send(ready.messages());
    if (atOnce) {
      persist(actor);
      if (!ready.committedEntries().isEmpty()) {
        actor.apply();
      }
    }
  }

  private void describe(Ready ready) {
    HardState hardState = ready.hardState();
    if (hardState != null) {
      tell(
          "hard state term=%d vote=%d commit=%d%s"
              .formatted(hardState.term(), hardState.vote(), hardState.commit(), ready.mustSync() ? "" : ", no sync"));
    }
    Snapshot snapshot = ready.snapshot();
    if (snapshot != null) {
      SnapshotMetadata metadata = snapshot.metadata();
      tell("install snapshot %d@%d %s".formatted(metadata.index(), metadata.term(), Words.of(metadata.confState())));
    }
    if (!ready.entries().isEmpty()) {
      tell("write " + Words.of(ready.entries()));
    }
    if (!ready.committedEntries().isEmpty()) {
      tell("apply " + Words.of(ready.committedEntries()));
    }
    ready.readStates().forEach(read -> tell("read %d at %d".formatted(read.context(), read.index())));
    ready.messages().forEach(m -> tell("send " + Words.of(m)));
    ready.messagesAfterPersist().forEach(m -> tell("send later " + Words.of(m)));
  }

  private void persist(Actor actor) {
    send(actor.persist());
  }

  private void send(List<Message> messages) {
    wire.addAll(messages);
  }

  private List<Message> matching(List<String> args) {
    String[] ends = args.getFirst().split("->", 2);
    long to = Long.parseLong(ends[ends.length - 1]);
    long from = ends.length == 2 ? Long.parseLong(ends[0]) : 0;
    long limit = args.size() > 1 ? Long.parseLong(args.get(1)) : Long.MAX_VALUE;
    List<Message> found =
        wire.stream().filter(m -> m.to() == to && (from == 0 || m.from() == from)).limit(limit).toList();
    wire.removeAll(found);
    return found;
  }

  private void deliver(List<String> args) {
    matching(args).forEach(this::deliver);
  }

  private void deliver(Message message) {
    Actor actor = actors.get(message.to());
    boolean lost = actor == null || actor.down();
    tell((lost ? "lost " : "") + Words.of(message));
    if (actor != null && !lost) {
      actor.raw().step(message);
    }
  }

  private void settle() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Actor actor : actors.values()) {
        while (!actor.down() && actor.raw().hasReady()) {
          Ready ready = actor.take();
          ready.readStates().forEach(r -> tell("%d read %d at %d".formatted(actor.id, r.context(), r.index())));
          send(ready.messages());
        }
        while (!actor.down() && actor.hasWrites()) {
          persist(actor);
        }
        actor.applyAll();
        moved |= !actor.down() && actor.raw().hasReady();
      }
      if (!wire.isEmpty()) {
        moved = true;
        deliver(wire.removeFirst());
      }
    }
  }
}
