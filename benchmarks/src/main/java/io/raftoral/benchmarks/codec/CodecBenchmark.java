package io.raftoral.benchmarks.codec;

import com.google.protobuf.CodedOutputStream;
import io.raftoral.proto.DecodeException;
import io.raftoral.proto.RaftCodec;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encodes and decodes an append of 64 entries of 256 bytes; the figures are per entry. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class CodecBenchmark {
  private static final int ENTRIES = 64;
  private static final int DATA_BYTES = 256;

  private final Message append = append();
  private final byte[] encoded = RaftCodec.encode(append);
  private final ByteBuffer encodedDirect = ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
  private final ByteBuffer target = ByteBuffer.allocateDirect(encoded.length);

  private static Message append() {
    List<Entry> entries = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 1; i <= ENTRIES; i++) {
      byte[] data = new byte[DATA_BYTES];
      random.nextBytes(data);
      entries.add(new Entry.Normal(7, 1_000_000 + i, data));
    }
    return new Message.AppendRequest(1, 2, 7, 1_000_000, 7, 999_000, entries);
  }

  /** Into a fresh array. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public byte[] encodeToArray() {
    return RaftCodec.encode(append);
  }

  /** Into a direct buffer, as the transport does it. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public ByteBuffer encodeToDirectBuffer() throws IOException {
    target.clear();
    CodedOutputStream out = CodedOutputStream.newInstance(target);
    RaftCodec.write(append, out);
    out.flush();
    return target;
  }

  /** From an array. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public Message decodeFromArray() throws DecodeException {
    return RaftCodec.decodeMessage(encoded);
  }

  /** From a direct buffer, as the transport does it. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public Message decodeFromDirectBuffer() throws DecodeException {
    return RaftCodec.decodeMessage(encodedDirect.duplicate());
  }
}
