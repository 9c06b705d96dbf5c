package io.raftoral.raft.driver;

import io.raftoral.raft.RawNode;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot that one group is receiving. When a leader tells of one, the message is held back from the core; the parts
 * are fetched and gathered in the state machine's staging; and only when all are there the core hears of the snapshot, so
 * that for the core it still arrives in one piece.
 *
 * <pre>
 *            announced            last part stored          core takes it           installed
 *   IDLE ------------> FETCHING ------------> COMPLETE <--> OFFERED ---> INSTALLING ------> IDLE
 * </pre>
 *
 * <p>A leader that tells of the same snapshot again, after a connection broke, finds the transfer where it stood. Another
 * snapshot, or another leader's, begins anew. While the core holds a snapshot or the state machine installs one, what
 * leaders tell of is dropped; they do it again.
 *
 * <p>Confined to the loop, except for what it gives to {@link RaftDriver#runBackground}.
 */
final class SnapshotReceiver {
  private final GroupLoop group;
  private final RaftDriver driver;
  private final StateMachine machine;
  private final SnapshotTransfer transfer;
  private final int timeoutTicks;

  private @Nullable Incoming incoming;

  SnapshotReceiver(
      GroupLoop group, RaftDriver driver, StateMachine machine, SnapshotTransfer transfer, int timeoutTicks) {
    this.group = group;
    this.driver = driver;
    this.machine = machine;
    this.transfer = transfer;
    this.timeoutTicks = timeoutTicks;
  }

  private enum Stage {
    FETCHING,
    COMPLETE,
    OFFERED,
    INSTALLING
  }

  /** One snapshot under way. */
  static final class Incoming {
    private final SnapshotMetadata metadata;
    private final long from;
    private Message.InstallSnapshot announcement;
    private Stage stage = Stage.FETCHING;
    private byte[] cursor = SnapshotView.START;
    private boolean lastArrived;

    /** A part was asked for and has not come. */
    private boolean asked;

    /** Parts that came and are not stored yet. */
    private int storing;

    private long askAgainAt;
    private long deadline;

    /** Confined to the background, until it is handed to the state machine. */
    private @Nullable SnapshotStaging staging;

    private Incoming(Message.InstallSnapshot announcement) {
      this.announcement = announcement;
      this.metadata = announcement.snapshot().metadata();
      this.from = announcement.from();
    }
  }

  /** A leader tells of a snapshot which the core could take; it hears of it when all parts are there. */
  void announced(Message.InstallSnapshot message, RawNode core, long tick) {
    Incoming current = incoming;
    if (current != null && (current.stage == Stage.OFFERED || current.stage == Stage.INSTALLING)) {
      return;
    }
    if (current == null || current.from != message.from() || !current.metadata.equals(message.snapshot().metadata())) {
      discard();
      current = new Incoming(message);
      incoming = current;
    }
    current.announcement = message;
    current.deadline = tick + timeoutTicks;
    if (current.stage == Stage.COMPLETE) {
      offer(current, core);
    } else {
      // What was asked for before may have been lost with the connection.
      current.asked = false;
      ask(current, tick);
    }
  }

  private void ask(Incoming current, long tick) {
    if (current.asked || current.lastArrived || current.storing >= SnapshotTransfer.WINDOW_PARTS) {
      return;
    }
    current.asked = true;
    current.askAgainAt = tick + transfer.retryTicks();
    driver.send(
        group.id(),
        List.of(
            new Message.SnapshotRequest(
                driver.node(), current.from, current.metadata.index(), current.metadata.term(), current.cursor)));
  }

  /** A part arrived. One that was not asked for, or came twice, is dropped. */
  void arrived(Message.SnapshotPart part, long tick) {
    Incoming current = incoming;
    if (current == null
        || current.stage != Stage.FETCHING
        || !current.asked
        || part.from() != current.from
        || part.index() != current.metadata.index()
        || part.indexTerm() != current.metadata.term()
        || !Arrays.equals(part.cursor(), current.cursor)
        || part.crc() != SnapshotSender.crc(part.cursor(), part.next(), part.data())) {
      driver.countDropped();
      return;
    }
    current.asked = false;
    current.cursor = part.next();
    current.lastArrived = part.next().length == 0;
    current.storing++;
    current.deadline = tick + timeoutTicks;
    byte[] data = part.data();
    driver.runBackground(group.id(), () -> store(current, data));
    ask(current, tick);
  }

  private void store(Incoming current, byte[] data) {
    SnapshotStaging staging = current.staging;
    if (staging == null) {
      staging = machine.stage(current.metadata);
      current.staging = staging;
    }
    staging.add(data);
    driver.post(new Input.PartStored(group, current));
  }

  /** A part was stored. */
  void stored(Incoming of, RawNode core, long tick) {
    of.storing--;
    if (of != incoming || of.stage != Stage.FETCHING) {
      return;
    }
    of.deadline = tick + timeoutTicks;
    if (of.lastArrived && of.storing == 0) {
      of.stage = Stage.COMPLETE;
      offer(of, core);
    } else {
      ask(of, tick);
    }
  }

  private static void offer(Incoming current, RawNode core) {
    current.stage = Stage.OFFERED;
    core.step(current.announcement);
  }

  /** The core hands out the snapshot that it was offered. */
  SnapshotStaging take(SnapshotMetadata metadata) {
    Incoming current = incoming;
    if (current == null
        || current.stage != Stage.OFFERED
        || !current.metadata.equals(metadata)
        || current.staging == null) {
      throw new DriverException(
          "group " + group.id() + ": the core wants the snapshot at index " + metadata.index()
              + " installed, which nobody received");
    }
    current.stage = Stage.INSTALLING;
    return current.staging;
  }

  /** The core has handed out everything: what it was offered and did not take, it may take later. */
  void settled() {
    Incoming current = incoming;
    if (current != null && current.stage == Stage.OFFERED) {
      current.stage = Stage.COMPLETE;
    }
  }

  /** The state machine has taken the snapshot over. */
  void installed() {
    incoming = null;
  }

  /** Time passes: parts that do not come are asked for again, and a snapshot that gets nowhere is given up. */
  void tick(long tick) {
    Incoming current = incoming;
    if (current == null) {
      return;
    }
    switch (current.stage) {
      case FETCHING -> {
        if (current.deadline <= tick) {
          discard();
        } else if (current.asked && current.askAgainAt <= tick) {
          current.asked = false;
          ask(current, tick);
        }
      }
      case COMPLETE -> {
        if (current.deadline <= tick) {
          discard();
        }
      }
      case OFFERED, INSTALLING -> {}
    }
  }

  /** Lets go of what was received. */
  void discard() {
    Incoming current = incoming;
    if (current == null || current.stage == Stage.INSTALLING) {
      return;
    }
    incoming = null;
    driver.runBackground(
        group.id(),
        () -> {
          if (current.staging != null) {
            current.staging.close();
          }
        });
  }
}
