package io.raftoral.simulation.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * One thing that goes wrong (or that an operator does) at one time. All times are virtual, in milliseconds since the run
 * began; what lasts, ends by itself.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "fault")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Fault.Crash.class, name = "crash"),
  @JsonSubTypes.Type(value = Fault.CrashAtDisk.class, name = "crash-at-disk"),
  @JsonSubTypes.Type(value = Fault.PowerCut.class, name = "power-cut"),
  @JsonSubTypes.Type(value = Fault.Partition.class, name = "partition"),
  @JsonSubTypes.Type(value = Fault.Links.class, name = "links"),
  @JsonSubTypes.Type(value = Fault.Pause.class, name = "pause"),
  @JsonSubTypes.Type(value = Fault.ClockRate.class, name = "clock-rate"),
  @JsonSubTypes.Type(value = Fault.ClockJump.class, name = "clock-jump"),
  @JsonSubTypes.Type(value = Fault.DiskSlow.class, name = "disk-slow"),
  @JsonSubTypes.Type(value = Fault.DiskError.class, name = "disk-error"),
  @JsonSubTypes.Type(value = Fault.SlowApply.class, name = "slow-apply"),
  @JsonSubTypes.Type(value = Fault.BitFlip.class, name = "bit-flip"),
  @JsonSubTypes.Type(value = Fault.Wipe.class, name = "wipe"),
  @JsonSubTypes.Type(value = Fault.Reconfigure.class, name = "reconfigure"),
  @JsonSubTypes.Type(value = Fault.Transfer.class, name = "transfer"),
  @JsonSubTypes.Type(value = Fault.Membership.class, name = "membership")
})
public sealed interface Fault {
  /** When it begins. */
  long atMs();

  /** The same fault at another time. */
  Fault at(long newAtMs);

  /** How long it lasts; 0 if it is over at once. */
  default long durationMs() {
    return 0;
  }

  /** The same fault, lasting for another time; the fault itself if it does not last. */
  default Fault lasting(long newDurationMs) {
    return this;
  }

  /**
   * A process dies and starts again.
   *
   * @param power whether the machine dies with it, so that what was not synced is lost, wholly or in part
   */
  record Crash(long atMs, Target target, long durationMs, boolean power) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Crash(newAtMs, target, durationMs, power);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new Crash(atMs, target, newDurationMs, power);
    }
  }

  /** Where in a disk operation a crash falls. */
  enum DiskPoint {
    /** Nothing of it reached the disk. */
    BEFORE_WRITE,
    /** It is written and not synced: a power cut may lose it. */
    AFTER_WRITE,
    /** It is durable and nobody was told. */
    AFTER_SYNC
  }

  /**
   * The node dies at its {@code countdown}-th disk operation from now on.
   *
   * @param countdown from 1
   */
  record CrashAtDisk(long atMs, Target target, long durationMs, DiskPoint point, int countdown) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new CrashAtDisk(newAtMs, target, durationMs, point, countdown);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new CrashAtDisk(atMs, target, newDurationMs, point, countdown);
    }
  }

  /** All nodes lose power at once; each starts again at a time of its own within {@code durationMs}. */
  record PowerCut(long atMs, long durationMs) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new PowerCut(newAtMs, durationMs);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new PowerCut(atMs, newDurationMs);
    }
  }

  /** Which links a partition cuts. */
  enum Cut {
    /** The target and a random minority on one side, the rest on the other. */
    HALVES,
    /** The target from everybody. */
    ISOLATE,
    /** Nothing reaches the target; what it sends arrives. */
    DEAF,
    /** What the target sends gets lost; it hears everything. */
    MUTE,
    /** Two halves that only the target can talk to. */
    BRIDGE,
    /** Every one-way link is cut with probability one half. */
    RANDOM
  }

  /**
   * Some links are cut.
   *
   * @param flapMs if positive, the cut comes and goes at this period
   */
  record Partition(long atMs, long durationMs, Cut cut, Target target, long flapMs) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Partition(newAtMs, durationMs, cut, target, flapMs);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new Partition(atMs, newDurationMs, cut, target, flapMs);
    }
  }

  /**
   * The network is bad for a while, everywhere.
   *
   * @param loss probability that a message is lost
   * @param duplicate probability that it arrives twice
   * @param reorder probability that it leaves the order of its link
   * @param late probability that it arrives up to minutes late
   * @param slowdown factor on the delays
   */
  record Links(
      long atMs, long durationMs, double loss, double duplicate, double reorder, double late, double slowdown)
      implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Links(newAtMs, durationMs, loss, duplicate, reorder, late, slowdown);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new Links(atMs, newDurationMs, loss, duplicate, reorder, late, slowdown);
    }
  }

  /** A process stands still, as if stopped by a signal or a long collection; what arrives waits for it. */
  record Pause(long atMs, Target target, long durationMs) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Pause(newAtMs, target, durationMs);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new Pause(atMs, target, newDurationMs);
    }
  }

  /** A node's clock runs at {@code rate} times the true speed for a while. */
  record ClockRate(long atMs, Target target, long durationMs, double rate) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new ClockRate(newAtMs, target, durationMs, rate);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new ClockRate(atMs, target, newDurationMs, rate);
    }
  }

  /** A node's wall clock jumps; its monotonic clock does not. */
  record ClockJump(long atMs, Target target, long jumpMs) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new ClockJump(newAtMs, target, jumpMs);
    }
  }

  /** Each sync of a node takes {@code syncMs} longer for a while. */
  record DiskSlow(long atMs, Target target, long durationMs, long syncMs) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new DiskSlow(newAtMs, target, durationMs, syncMs);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new DiskSlow(atMs, target, newDurationMs, syncMs);
    }
  }

  /**
   * A node's next disk operation fails; the node has to stop, and is started again.
   *
   * @param sync whether the sync fails, when nobody knows what was written; else the write, which leaves nothing (a full
   *     disk)
   */
  record DiskError(long atMs, Target target, long durationMs, boolean sync) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new DiskError(newAtMs, target, durationMs, sync);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new DiskError(atMs, target, newDurationMs, sync);
    }
  }

  /** Each step of a node's state machine takes {@code stepMs} longer for a while. */
  record SlowApply(long atMs, Target target, long durationMs, long stepMs) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new SlowApply(newAtMs, target, durationMs, stepMs);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new SlowApply(atMs, target, newDurationMs, stepMs);
    }
  }

  /**
   * A node loses its disks for good. It must not come back under its number, for it has forgotten its votes: it is removed,
   * and a spare machine is added in its place, by one joint change that is asked for until it is done.
   */
  record Wipe(long atMs, Target target) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Wipe(newAtMs, target);
    }
  }

  /** A node is stopped and started again with other flags, as in a rolling upgrade of the configuration. */
  record Reconfigure(
      long atMs, Target target, long durationMs, boolean preVote, boolean checkQuorum, int maxInFlightMessages)
      implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Reconfigure(newAtMs, target, durationMs, preVote, checkQuorum, maxInFlightMessages);
    }

    @Override
    public Fault lasting(long newDurationMs) {
      return new Reconfigure(atMs, target, newDurationMs, preVote, checkQuorum, maxInFlightMessages);
    }
  }

  /** A bit of a stored record flips while the node is down: it must refuse to start, and stays down. */
  record BitFlip(long atMs, Target target) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new BitFlip(newAtMs, target);
    }
  }

  /** Leadership is handed to {@code target}. */
  record Transfer(long atMs, Target target) implements Fault {
    @Override
    public Fault at(long newAtMs) {
      return new Transfer(newAtMs, target);
    }
  }

  /** What an operator asks for: one member each. */
  enum Change {
    ADD_VOTER,
    ADD_LEARNER,
    REMOVE
  }

  /**
   * One member's change.
   *
   * @param node the number of the node, from 1
   */
  record MemberChange(Change change, int node) {}

  /** How a change gets from one configuration to the next. */
  enum Passage {
    /** Directly if but one voter changes, else through a joint configuration. */
    AUTO,
    /** Through a joint configuration, which the leader leaves by itself. */
    JOINT,
    /** Through a joint configuration, which stays until somebody asks to leave it. */
    JOINT_EXPLICIT
  }

  /** The configuration is changed. Without changes: a joint configuration is to be left. */
  record Membership(long atMs, List<MemberChange> changes, Passage passage) implements Fault {
    /** Copies the list. */
    public Membership {
      changes = List.copyOf(changes);
    }

    @Override
    public Fault at(long newAtMs) {
      return new Membership(newAtMs, changes, passage);
    }
  }
}
