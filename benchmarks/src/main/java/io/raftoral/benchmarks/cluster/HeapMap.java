package io.raftoral.benchmarks.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * On the heap, as the harness of the peers keeps it, and written to a file now and then so that the log may be cut.
 *
 * <p>The file is written while assignments go on. That is sound, because the log is applied again from the index at which
 * writing began, and an assignment that is repeated in order changes nothing.
 */
final class HeapMap implements MapState {
  /** Applied bytes after which the map is written out; it is itself about a fifth of that. */
  private static final long DUMP_BYTES = 128L << 20;

  private static final int BUFFER_BYTES = 1 << 20;

  private final AtomicReferenceArray<byte @Nullable []> values;
  private final Path file;
  private final ExecutorService dumper = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
  private long undumpedBytes;
  private volatile long durableIndex;

  HeapMap(int keys, Path file) {
    values = new AtomicReferenceArray<>(keys);
    this.file = file;
  }

  @Override
  public void assign(int key, byte[] command) {
    values.setRelease(key, command);
  }

  @Override
  public void applied(long index, long bytes) {
    undumpedBytes += bytes;
    if (undumpedBytes >= DUMP_BYTES) {
      undumpedBytes = 0;
      dumper.execute(() -> dump(index));
    }
  }

  private void dump(long index) {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        buffer.putLong(index);
        for (int key = 0; key < values.length(); key++) {
          byte[] command = values.getAcquire(key);
          if (command != null) {
            if (buffer.remaining() < Integer.BYTES + command.length) {
              drain(channel, buffer);
            }
            buffer.putInt(command.length).put(command);
          }
        }
        drain(channel, buffer);
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      durableIndex = Math.max(durableIndex, index);
    } catch (IOException e) {
      throw new UncheckedIOException("the map cannot be written to " + file, e);
    }
  }

  private static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  @Override
  public long durableIndex() {
    return durableIndex;
  }

  @Override
  public void close() {
    dumper.shutdownNow();
  }
}
