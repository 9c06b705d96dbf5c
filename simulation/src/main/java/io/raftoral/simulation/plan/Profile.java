package io.raftoral.simulation.plan;

import java.util.Locale;

/** Which kinds of faults a plan draws from. */
public enum Profile {
  /** Everything, each kind present or absent at random (Groce et al., "Swarm testing", ISSTA 2012). */
  SWARM,
  /** Lost messages, transfers, pauses and leaders that die: many elections. */
  ELECTION,
  /** Cuts of every shape. */
  PARTITION,
  /** Processes and machines that die, also in the middle of a disk operation. */
  CRASH,
  /** Slow and failing disks. */
  DISK,
  /** Members come and go. */
  MEMBERSHIP,
  /** Workflows, with leaders that fail in the middle of a step. */
  WORKFLOW,
  /** Rolling restarts with other configuration. */
  UPGRADE;

  /** Reads a profile's name in lower case. */
  public static Profile parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
