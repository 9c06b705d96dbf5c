package io.raftoral.raft.driver;

import io.raftoral.raft.Status;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.message.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that the loop has to deal with. Inputs are the links of the {@link Inbox}'s list themselves, so that
 * posting one costs no further object.
 */
abstract sealed class Input {
  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(Input.class, "next", Input.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The input posted after this one; belongs to the {@link Inbox}. */
  private volatile @Nullable Input next;

  /** The input posted after this one, if its poster has come that far. */
  final @Nullable Input next() {
    return next;
  }

  /** Links the input that comes after this one. The poster's release pairs with the loop's volatile read. */
  final void link(Input after) {
    NEXT.setRelease(this, after);
  }

  /**
   * Forgets the link once it was followed. Without this a consumed input that was moved to the old generation would
   * keep all later ones alive until the old generation is collected.
   */
  final void unlink() {
    NEXT.setOpaque(this, (Input) null);
  }

  /** The list's first link, which means nothing. */
  static final class Head extends Input {}

  /** A message of a peer. */
  static final class Peer extends Input {
    final GroupLoop group;
    final Message message;
    final long bytes;

    Peer(GroupLoop group, Message message, long bytes) {
      this.group = group;
      this.message = message;
      this.bytes = bytes;
    }
  }

  /** A command to be replicated. */
  static final class Proposal extends Input {
    final GroupLoop group;
    final byte[] command;
    final ProposalListener listener;

    Proposal(GroupLoop group, byte[] command, ProposalListener listener) {
      this.group = group;
      this.command = command;
      this.listener = listener;
    }
  }

  /** A change of the members to be replicated. */
  static final class Change extends Input {
    final GroupLoop group;
    final ConfChange change;
    final ProposalListener listener;

    Change(GroupLoop group, ConfChange change, ProposalListener listener) {
      this.group = group;
      this.change = change;
      this.listener = listener;
    }
  }

  /** A linearizable read. */
  static final class Read extends Input {
    final GroupLoop group;
    final ReadListener listener;

    Read(GroupLoop group, ReadListener listener) {
      this.group = group;
      this.listener = listener;
    }
  }

  /** Somebody wants to look. */
  static final class StatusRequest extends Input {
    final GroupLoop group;
    final Consumer<Status> consumer;

    StatusRequest(GroupLoop group, Consumer<Status> consumer) {
      this.group = group;
      this.consumer = consumer;
    }
  }

  /** The group holds a wish for another leader. */
  static final class Transfer extends Input {
    final GroupLoop group;

    Transfer(GroupLoop group) {
      this.group = group;
    }
  }

  /** All groups are to be led by somebody else. */
  static final class HandOver extends Input {}

  /** A node cannot be reached. */
  static final class Unreachable extends Input {
    final long node;

    Unreachable(long node) {
      this.node = node;
    }
  }

  /** A snapshot was lost on its way. */
  static final class SnapshotLost extends Input {
    final GroupLoop group;
    final long node;

    SnapshotLost(GroupLoop group, long node) {
      this.group = group;
      this.node = node;
    }
  }

  /** The disk answered. */
  static final class Written extends Input {
    final LogWriter.Batch batch;
    final @Nullable Throwable failure;

    Written(LogWriter.Batch batch, @Nullable Throwable failure) {
      this.batch = batch;
      this.failure = failure;
    }
  }

  /** The state machine did what it was asked for. */
  static final class StepDone extends Input {
    final GroupLoop group;
    final ApplyLane.Step step;
    final @Nullable SnapshotView view;
    final long durableIndex;

    /**
     * The answer to {@code step}.
     *
     * @param view what the step opened, if it was to open one
     * @param durableIndex what the state machine holds durably, -1 if it was not asked
     */
    StepDone(GroupLoop group, ApplyLane.Step step, @Nullable SnapshotView view, long durableIndex) {
      this.group = group;
      this.step = step;
      this.view = view;
      this.durableIndex = durableIndex;
    }
  }

  /** The state machine made its state durable. */
  static final class Flushed extends Input {
    final GroupLoop group;
    final long index;

    Flushed(GroupLoop group, long index) {
      this.group = group;
      this.index = index;
    }
  }

  /** A part of a snapshot was read; null if there is none where it was asked for. */
  static final class PartRead extends Input {
    final GroupLoop group;
    final SnapshotView view;
    final long node;
    final Message.@Nullable SnapshotPart message;

    PartRead(GroupLoop group, SnapshotView view, long node, Message.@Nullable SnapshotPart message) {
      this.group = group;
      this.view = view;
      this.node = node;
      this.message = message;
    }
  }

  /** A part of a snapshot was stored. */
  static final class PartStored extends Input {
    final GroupLoop group;
    final SnapshotReceiver.Incoming incoming;

    PartStored(GroupLoop group, SnapshotReceiver.Incoming incoming) {
      this.group = group;
      this.incoming = incoming;
    }
  }

  /** The state machine threw. */
  static final class StepFailed extends Input {
    final DriverException failure;

    StepFailed(DriverException failure) {
      this.failure = failure;
    }
  }
}
