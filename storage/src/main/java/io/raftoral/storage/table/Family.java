package io.raftoral.storage.table;

/** A key space of its own within a table; a column family of RocksDB. The numbers are part of the stored format. */
public enum Family {
  /** The applied state. RocksDB insists on a family of this name, so the log's database has it too, empty. */
  STATE(0, "default"),
  /** Log entries. */
  LOG(1, "log"),
  /** What Raft must remember besides the entries. */
  META(2, "meta");

  private final int number;
  private final String storedName;

  Family(int number, String storedName) {
    this.number = number;
    this.storedName = storedName;
  }

  /** The number in batches and files. */
  public int number() {
    return number;
  }

  /** The name in the database. */
  public String storedName() {
    return storedName;
  }

  static Family ofNumber(int number) {
    for (Family family : values()) {
      if (family.number == number) {
        return family;
      }
    }
    throw new IllegalArgumentException("no column family has number " + number);
  }
}
