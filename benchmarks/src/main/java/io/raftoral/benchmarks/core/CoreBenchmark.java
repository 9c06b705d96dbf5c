package io.raftoral.benchmarks.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Entries of 256 bytes from {@code propose} until all three cores have applied them. The score is entries a second; with
 * {@code -prof gc}, {@code gc.alloc.rate.norm} is bytes an entry, over all three nodes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = {"-Xms1g", "-Xmx1g"})
public class CoreBenchmark {
  private static final int PAYLOAD_BYTES = 256;

  private ThreeCores cores = new ThreeCores();
  private final byte[] payload = new byte[PAYLOAD_BYTES];
  private final List<byte[]> batchOf64 = new ArrayList<>();

  /** A fresh group. */
  @Setup
  public void setUp() {
    cores = new ThreeCores();
    for (int i = 0; i < 64; i++) {
      batchOf64.add(payload);
    }
  }

  /** One entry at a time. */
  @Benchmark
  public long batch1() {
    return cores.commit(List.of(payload));
  }

  /** 64 entries in one proposal. */
  @Benchmark
  @OperationsPerInvocation(64)
  public long batch64() {
    return cores.commit(batchOf64);
  }
}
