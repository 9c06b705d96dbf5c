package io.raftoral.workflow.engine.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Where everything is in the state store. Layout version {@value #VERSION}; all numbers big-endian.
 *
 * <pre>
 * group:8 slot:2 'I' workflow id                               the run's number:8
 * group:8 slot:2 'E' ended:8 run:8                             nothing: the run is over since then
 * group:8 slot:2 'O' run:8                                     nothing: the run is open and awake
 * group:8 slot:2 'R' run:8 0                                   RunInfo
 * group:8 slot:2 'R' run:8 1                                   RunHead
 * group:8 slot:2 'R' run:8 2 variable's name                   VariableRef
 * group:8 slot:2 'R' run:8 3 depth:1 (fork:4 child:4)* pos:8   JournalRecord
 * group:8 slot:2 'R' run:8 4 depth:1 (fork:4 child:4)*        BranchHead, of every branch but the main one
 * group:8 slot:2 'R' run:8 5 sequence:8                       InboxRecord
 * group:8 slot:2 'R' run:8 6 request id                       RequestRecord
 * group:8 slot:2 'R' run:8 7 child's slot:2 child's run:8     nothing: an open child
 * group:8 slot:2 'T' deadline:8 run:8 depth:1 (…)* pos:8       nothing: the timer is pending
 * group:8 slot:2 'Z' wake:8 run:8                              nothing: the run is open and asleep
 * group:8 0xFFFF 'M'                                           Meta
 * </pre>
 *
 * <p>The slot is a hash of the workflow id modulo {@value #SLOTS}. Everything of a workflow is in its slot, so that a
 * slot can move to another group as one key range; everything of a run is in one range as well. The group as a whole
 * has the slot past all others. Every key of a group is replicated: nothing that is true of one node alone may be
 * stored here.
 */
public final class KeyLayout {
  /** Of this layout; stored with the state, so that a release which does not know it refuses to open it. */
  static final int VERSION = 1;

  /** How many slots there are. */
  static final int SLOTS = 4096;

  private static final int GROUP_SLOT = 0xFFFF;
  private static final int SLOT_PREFIX_BYTES = Long.BYTES + Short.BYTES;
  private static final int RUN_PREFIX_BYTES = SLOT_PREFIX_BYTES + 1 + Long.BYTES;

  private static final byte ENDED = 'E';
  private static final byte ID = 'I';
  private static final byte META = 'M';
  private static final byte OPEN = 'O';
  private static final byte RUN = 'R';
  private static final byte TIMER = 'T';
  private static final byte ASLEEP = 'Z';

  /** What a key below a run's prefix holds. */
  static final byte INFO = 0;

  static final byte HEAD = 1;
  static final byte VARIABLE = 2;
  static final byte JOURNAL = 3;
  static final byte BRANCH = 4;
  static final byte INBOX = 5;
  static final byte REQUEST = 6;
  static final byte CHILD = 7;

  private final long group;

  /** The layout of one group's keys. */
  public KeyLayout(long group) {
    this.group = group;
  }

  /** The slot of a workflow id. */
  public static int slot(String workflowId) {
    CRC32C hash = new CRC32C();
    hash.update(workflowId.getBytes(StandardCharsets.UTF_8));
    return (int) (hash.getValue() % SLOTS);
  }

  /** The first key that the group may have. */
  byte[] groupFrom() {
    return ByteBuffer.allocate(Long.BYTES).putLong(group).array();
  }

  /** The first key past the group's. */
  byte[] groupTo() {
    return ByteBuffer.allocate(Long.BYTES).putLong(group + 1).array();
  }

  /** How many bytes at the beginning of a key name the group. */
  static int groupBytes() {
    return Long.BYTES;
  }

  byte[] meta() {
    return slotKey(GROUP_SLOT, META, 0).array();
  }

  byte[] id(String workflowId) {
    byte[] id = workflowId.getBytes(StandardCharsets.UTF_8);
    return slotKey(slot(workflowId), ID, id.length).put(id).array();
  }

  byte[] open(int slot, long run) {
    return slotKey(slot, OPEN, Long.BYTES).putLong(run).array();
  }

  /** The first key that an open run of a slot may have. */
  byte[] openFrom(int slot) {
    return slotKey(slot, OPEN, 0).array();
  }

  /** The first key past the open runs of a slot. */
  byte[] openTo(int slot) {
    return slotKey(slot, (byte) (OPEN + 1), 0).array();
  }

  byte[] ended(int slot, long endedMs, long run) {
    return slotKey(slot, ENDED, 2 * Long.BYTES).putLong(endedMs).putLong(run).array();
  }

  /** The first key that a run of a slot that is over may have. */
  byte[] endedFrom(int slot) {
    return slotKey(slot, ENDED, 0).array();
  }

  /** The first key past the runs of a slot that were over before {@code endedMs}. */
  byte[] endedBefore(int slot, long endedMs) {
    return slotKey(slot, ENDED, Long.BYTES).putLong(endedMs).array();
  }

  /** The number in the key of a run that is over. */
  static long endedRun(byte[] key) {
    return ByteBuffer.wrap(key).getLong(SLOT_PREFIX_BYTES + 1 + Long.BYTES);
  }

  byte[] asleep(int slot, long wakeMs, long run) {
    return slotKey(slot, ASLEEP, 2 * Long.BYTES).putLong(wakeMs).putLong(run).array();
  }

  /** The first key that a sleeping run of a slot may have. */
  byte[] asleepFrom(int slot) {
    return slotKey(slot, ASLEEP, 0).array();
  }

  /** The first key past the sleeping runs of a slot that are to be woken before {@code wakeMs}. */
  byte[] asleepBefore(int slot, long wakeMs) {
    return slotKey(slot, ASLEEP, Long.BYTES).putLong(wakeMs).array();
  }

  /** The first key past the sleeping runs of a slot. */
  byte[] asleepTo(int slot) {
    return slotKey(slot, (byte) (ASLEEP + 1), 0).array();
  }

  /** When the sleeping run of a key is to be woken. */
  static long asleepWakeMs(byte[] key) {
    return ByteBuffer.wrap(key).getLong(SLOT_PREFIX_BYTES + 1);
  }

  /** The number in the key of a sleeping run. */
  static long asleepRun(byte[] key) {
    return ByteBuffer.wrap(key).getLong(SLOT_PREFIX_BYTES + 1 + Long.BYTES);
  }

  /** The number in the key of an open run. */
  static long openRun(byte[] key) {
    return ByteBuffer.wrap(key).getLong(SLOT_PREFIX_BYTES + 1);
  }

  byte[] info(int slot, long run) {
    return runKey(slot, run, INFO, 0).array();
  }

  byte[] head(int slot, long run) {
    return runKey(slot, run, HEAD, 0).array();
  }

  byte[] variable(int slot, long run, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return runKey(slot, run, VARIABLE, bytes.length).put(bytes).array();
  }

  byte[] variablesFrom(int slot, long run) {
    return runKey(slot, run, VARIABLE, 0).array();
  }

  byte[] variablesTo(int slot, long run) {
    return runKey(slot, run, (byte) (VARIABLE + 1), 0).array();
  }

  /** The name in the key of a variable. */
  static String variableName(byte[] key) {
    int from = RUN_PREFIX_BYTES + 1;
    return new String(key, from, key.length - from, StandardCharsets.UTF_8);
  }

  byte[] journal(int slot, long run, Branch branch, long position) {
    byte[] path = branch.encoded();
    return runKey(slot, run, JOURNAL, 1 + path.length + Long.BYTES)
        .put((byte) branch.path().size())
        .put(path)
        .putLong(position)
        .array();
  }

  byte[] branch(int slot, long run, Branch branch) {
    byte[] path = branch.encoded();
    return runKey(slot, run, BRANCH, 1 + path.length).put((byte) branch.path().size()).put(path).array();
  }

  byte[] branchesFrom(int slot, long run) {
    return runKey(slot, run, BRANCH, 0).array();
  }

  byte[] branchesTo(int slot, long run) {
    return runKey(slot, run, (byte) (BRANCH + 1), 0).array();
  }

  /** The branch in the key of its head. */
  static Branch branch(byte[] key) {
    return Branch.decode(Arrays.copyOfRange(key, RUN_PREFIX_BYTES + 2, key.length));
  }

  /** Where in a run's journal a key is: what {@link #journalAt} takes. */
  static byte[] journalPlace(byte[] key) {
    return Arrays.copyOfRange(key, RUN_PREFIX_BYTES + 1, key.length);
  }

  /** The key at a place of a run's journal; an empty place is its beginning. */
  byte[] journalAt(int slot, long run, byte[] place) {
    return runKey(slot, run, JOURNAL, place.length).put(place).array();
  }

  /** The first key past a run's journal. */
  byte[] journalTo(int slot, long run) {
    return runKey(slot, run, (byte) (JOURNAL + 1), 0).array();
  }

  /** The branch in the key of a journal record. */
  static Branch journalBranch(byte[] key) {
    return Branch.decode(Arrays.copyOfRange(key, RUN_PREFIX_BYTES + 2, key.length - Long.BYTES));
  }

  byte[] inbox(int slot, long run, long sequence) {
    return runKey(slot, run, INBOX, Long.BYTES).putLong(sequence).array();
  }

  /** The first key past the inbox of a run. */
  byte[] inboxTo(int slot, long run) {
    return runKey(slot, run, (byte) (INBOX + 1), 0).array();
  }

  /** The number in the key of an inbox record. */
  static long inboxSequence(byte[] key) {
    return ByteBuffer.wrap(key).getLong(RUN_PREFIX_BYTES + 1);
  }

  byte[] request(int slot, long run, String requestId) {
    byte[] id = requestId.getBytes(StandardCharsets.UTF_8);
    return runKey(slot, run, REQUEST, id.length).put(id).array();
  }

  byte[] child(int slot, long run, RunInfo child) {
    return runKey(slot, run, CHILD, Short.BYTES + Long.BYTES).putShort((short) child.slot()).putLong(child.run()).array();
  }

  byte[] childrenFrom(int slot, long run) {
    return runKey(slot, run, CHILD, 0).array();
  }

  byte[] childrenTo(int slot, long run) {
    return runKey(slot, run, (byte) (CHILD + 1), 0).array();
  }

  /** The slot in the key of a child. */
  static int childSlot(byte[] key) {
    return Short.toUnsignedInt(ByteBuffer.wrap(key).getShort(RUN_PREFIX_BYTES + 1));
  }

  /** The number in the key of a child. */
  static long childRun(byte[] key) {
    return ByteBuffer.wrap(key).getLong(RUN_PREFIX_BYTES + 1 + Short.BYTES);
  }

  /** The position in the key of a journal record. */
  static long journalPosition(byte[] key) {
    return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
  }

  /** The first key that a run of the slot with a number of at least {@code run} may have. */
  byte[] runsFrom(int slot, long run) {
    return slotKey(slot, RUN, Long.BYTES).putLong(run).array();
  }

  /** The first key past the runs of a slot. */
  byte[] runsTo(int slot) {
    return slotKey(slot, (byte) (RUN + 1), 0).array();
  }

  /** The number in any key below a run's prefix. */
  static long runNumber(byte[] key) {
    return ByteBuffer.wrap(key).getLong(SLOT_PREFIX_BYTES + 1);
  }

  byte[] timer(int slot, long deadlineMs, long run, Branch branch, long position) {
    byte[] path = branch.encoded();
    return slotKey(slot, TIMER, Long.BYTES + Long.BYTES + 1 + path.length + Long.BYTES)
        .putLong(deadlineMs)
        .putLong(run)
        .put((byte) branch.path().size())
        .put(path)
        .putLong(position)
        .array();
  }

  private ByteBuffer slotKey(int slot, byte kind, int more) {
    return ByteBuffer.allocate(SLOT_PREFIX_BYTES + 1 + more).putLong(group).putShort((short) slot).put(kind);
  }

  private ByteBuffer runKey(int slot, long run, byte part, int more) {
    return slotKey(slot, RUN, Long.BYTES + 1 + more).putLong(run).put(part);
  }
}
