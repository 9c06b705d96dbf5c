package io.raftoral.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.raftoral.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final Identity N1 = identity("shop", "n1", 1);

  @TempDir private Path temporary;
  private Path directory;

  @BeforeEach
  void chooseDirectory() {
    directory = temporary.resolve("parent/data n1");
  }

  private static Identity identity(String cluster, String node, long id) {
    return new Identity(cluster, node, id, new TreeMap<>(Map.of("n1", 1L, "n2", 2L, "n3", 3L)));
  }

  private static void assertRefused(Kind kind, Path named, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e).hasMessageContaining(named.toString());
            });
  }

  @Test
  void isCreatedWithItsParentsAndOpensAgain() {
    try (DataDirectory data = DataDirectory.open(directory, N1)) {
      assertThat(data.logPath()).isEqualTo(directory.resolve("log"));
      assertThat(data.statePath()).isEqualTo(directory.resolve("state"));
      assertThat(data.identity()).isEqualTo(N1);
    }
    DataDirectory.open(directory, N1).close();
    assertThat(DataDirectory.readIdentity(directory)).isEqualTo(N1);
  }

  @Test
  void keepsNamesThatNeedCare() {
    Identity odd = new Identity("Laden Süd 二", "n 1", 7, new TreeMap<>(Map.of("n 1", 7L, "crc32c 9", 8L)));
    DataDirectory.open(directory, odd).close();
    DataDirectory.open(directory, odd).close();
    assertThat(DataDirectory.readIdentity(directory)).isEqualTo(odd);
  }

  @Test
  void isRefusedToASecondNodeInThisProcess() throws IOException {
    Path link = temporary.resolve("link");
    try (DataDirectory data = DataDirectory.open(directory, N1)) {
      assertRefused(Kind.LOCKED, directory, () -> DataDirectory.open(directory, data.identity()));
      Files.createSymbolicLink(link, directory);
      assertRefused(Kind.LOCKED, link, () -> DataDirectory.open(link, N1));
    }
    DataDirectory.open(link, N1).close();
  }

  @Test
  void staysLockedWhenASecondNodeWasRefused() {
    try (DataDirectory data = DataDirectory.open(directory, N1)) {
      assertRefused(Kind.LOCKED, directory, () -> DataDirectory.open(directory, data.identity()));
      assertRefused(Kind.LOCKED, directory, () -> DataDirectory.open(directory, data.identity()));
    }
  }

  @Test
  void isRefusedToAnotherNodeAndToAnotherCluster() {
    DataDirectory.open(directory, N1).close();
    assertThatThrownBy(() -> DataDirectory.open(directory, identity("shop", "n2", 2)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("belongs to node 'n1' of cluster 'shop'")
        .hasMessageContaining("not to node 'n2' of cluster 'shop'");
    assertRefused(Kind.FOREIGN, directory, () -> DataDirectory.open(directory, identity("shop2", "n1", 1)));
    DataDirectory.open(directory, N1).close();
  }

  @Test
  void isRefusedToANodeThatIsStartedWithOtherMembers() {
    DataDirectory.open(directory, N1).close();
    Identity other = new Identity("shop", "n1", 1, new TreeMap<>(Map.of("n1", 1L, "n4", 2L)));
    assertThatThrownBy(() -> DataDirectory.open(directory, other))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("{n1=1, n2=2, n3=3}")
        .hasMessageContaining("{n1=1, n4=2}");
  }

  @Test
  void aFileInItsPlaceIsRefused() throws IOException {
    Files.createDirectories(directory.getParent());
    Files.writeString(directory, "no directory");
    assertRefused(Kind.IO, directory, () -> DataDirectory.open(directory, N1));
    Path below = directory.resolve("below");
    assertRefused(Kind.IO, below, () -> DataDirectory.open(below, N1));
  }

  @Test
  void anotherProgramsDirectoryIsRefused() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("thesis.tex"), "precious");
    assertRefused(Kind.FOREIGN, directory, () -> DataDirectory.open(directory, N1));
    assertRefused(Kind.FOREIGN, directory, () -> DataDirectory.readIdentity(directory));
  }

  @Test
  void aFirstStartThatWasCutShortIsRepeated() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("lock"), "");
    Files.writeString(directory.resolve("identity.new"), "raftoral-ident");
    DataDirectory.open(directory, N1).close();
    assertThat(DataDirectory.readIdentity(directory)).isEqualTo(N1);
  }

  @Test
  void dataWithoutAnIdentityIsRefused() throws IOException {
    DataDirectory.open(directory, N1).close();
    Files.createDirectory(directory.resolve("log"));
    Files.delete(directory.resolve("identity"));
    assertRefused(Kind.DAMAGED, directory, () -> DataDirectory.open(directory, N1));
  }

  @Test
  void aNewerFormatIsRefusedEvenIfItsChecksumIsOfAnotherKind() throws IOException {
    DataDirectory.open(directory, N1).close();
    Files.writeString(directory.resolve("identity"), "raftoral-identity 2\nsomething else\n");
    assertRefused(Kind.NEWER_FORMAT, directory, () -> DataDirectory.open(directory, N1));
  }

  @Test
  void everyFlippedBitAndEveryCutOfTheIdentityIsNoticed() throws IOException {
    DataDirectory.open(directory, N1).close();
    Path file = directory.resolve("identity");
    byte[] good = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, bad);
      assertThatThrownBy(() -> DataDirectory.readIdentity(directory)).isInstanceOf(StorageException.class);
    }
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      Files.write(file, Arrays.copyOf(good, random.nextInt(good.length)));
      assertRefused(Kind.DAMAGED, file, () -> DataDirectory.readIdentity(directory));
    }
    Files.write(file, good);
    DataDirectory.open(directory, N1).close();
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsRefused() throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(directory), "this user may write anywhere");
    assertRefused(Kind.READ_ONLY, directory, () -> DataDirectory.open(directory, N1));
  }

  @Test
  void namesThatCannotBeStoredAreRefused() {
    assertThatThrownBy(() -> identity("a\nb", "n1", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> identity(" ", "n1", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> identity("shop", "n1", 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> identity("shop", "n1", 2)).hasMessageContaining("listed");
  }

  @Test
  void noticesThatTheLogIsGoneWhileTheStateIsThere() throws IOException {
    DataDirectory.open(directory, N1).close();
    Files.createFile(directory.resolve("log.created"));
    Files.createFile(directory.resolve("state.created"));
    DataDirectory.open(directory, N1).close();
    Files.delete(directory.resolve("log.created"));
    assertRefused(Kind.DAMAGED, directory.resolve("log.created"), () -> DataDirectory.open(directory, N1));
    Files.delete(directory.resolve("state.created"));
    DataDirectory.open(directory, N1).close();
  }
}
