package io.raftoral.simulation.world;

/** What an event is about; part of the hash over a run. */
public enum EventKind {
  TICK(1),
  PUMP(2),
  APPLY(3),
  DELIVER(4),
  DISK_WRITE(5),
  DISK_SYNC(6),
  DISK_DONE(7),
  CLIENT(8),
  FAULT(9),
  PROCESS(10),
  WORKFLOW(11);

  private final int code;

  EventKind(int code) {
    this.code = code;
  }

  /** What stands for the kind in hashes. */
  int code() {
    return code;
  }
}
