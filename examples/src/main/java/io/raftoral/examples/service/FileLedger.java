package io.raftoral.examples.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends every call to a file, as one line of JSON. A line is written in one piece and is there when {@link #record}
 * returns, whatever becomes of the process; it is not synced, so a power cut may lose the newest. The file is created
 * with the first call.
 */
public final class FileLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(FileLedger.class);

  private final Path path;
  private @Nullable FileChannel file;
  private boolean closed;

  /** A ledger in a file, which may exist. */
  public FileLedger(Path path) {
    this.path = path;
  }

  @Override
  public synchronized void record(EffectCall call) throws IOException {
    byte[] line = (JsonMapper.shared().writeValueAsString(call) + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.wrap(line);
    FileChannel channel = opened();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private FileChannel opened() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (file == null) {
      file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }
    return file;
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.warn("ledger {} was not closed properly: {}", path, e.toString());
    }
  }
}
