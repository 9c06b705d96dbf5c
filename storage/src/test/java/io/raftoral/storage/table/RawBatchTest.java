package io.raftoral.storage.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

class RawBatchTest {
  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void isByteForByteTheBatchThatRocksDbMakes() throws RocksDBException {
    RocksDB.loadLibrary();
    RawBatch ours = new RawBatch();
    try (WriteBatch theirs = new WriteBatch()) {
      byte[] large = new byte[20_000];
      Arrays.fill(large, (byte) 7);
      ours.put(Family.STATE, bytes("a"), large);
      theirs.put(bytes("a"), large);
      ours.put(Family.STATE, bytes(""), bytes(""));
      theirs.put(bytes(""), bytes(""));
      ours.delete(Family.STATE, bytes("b"));
      theirs.delete(bytes("b"));
      ours.deleteRange(Family.STATE, bytes("c"), bytes("d"));
      theirs.deleteRange(bytes("c"), bytes("d"));
      assertThat(ours.toByteArray()).isEqualTo(theirs.data());
      assertThat(ours.sizeBytes()).isEqualTo((int) theirs.getDataSize());
    }
  }

  @Test
  void isReadBackAsItWasWritten() {
    RawBatch batch = new RawBatch();
    batch.put(Family.LOG, bytes("k"), bytes("v"));
    batch.delete(Family.META, bytes("m"));
    batch.deleteRange(Family.LOG, bytes("x"), bytes("z"));
    batch.put(Family.STATE, bytes("s"), new byte[300]);
    List<String> seen = new ArrayList<>();
    batch.forEach(
        new RawBatch.Changes() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            seen.add(family + " put " + new String(key, UTF_8) + " " + value.length);
          }

          @Override
          public void delete(Family family, byte[] key) {
            seen.add(family + " delete " + new String(key, UTF_8));
          }

          @Override
          public void deleteRange(Family family, byte[] from, byte[] to) {
            seen.add(family + " delete " + new String(from, UTF_8) + " to " + new String(to, UTF_8));
          }
        });
    assertThat(seen).containsExactly("LOG put k 1", "META delete m", "LOG delete x to z", "STATE put s 300");
    batch.clear();
    assertThat(batch.count()).isZero();
  }
}
