package io.raftoral.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class after which Netty found a buffer that nobody gave back. */
final class LeakWatch implements AfterAllCallback {
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  /** Netty makes its detectors by this class; the build says so in a system property. */
  public static final class Detector<T> extends ResourceLeakDetector<T> {

    /** The constructor that Netty calls. */
    public Detector(Class<?> resourceType, int samplingInterval) {
      super(resourceType, samplingInterval);
    }

    /** The constructor that Netty calls where the one above is missing. */
    public Detector(Class<?> resourceType, int samplingInterval, long maxActive) {
      super(resourceType, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    // A leak shows when its buffer was collected and the next one is tracked.
    for (int i = 0; i < 3; i++) {
      lookForLeaks();
    }
    assertThat(LEAKS).isEmpty();
  }

  static void lookForLeaks() {
    System.gc();
    for (int i = 0; i < 100; i++) {
      ByteBufAllocator.DEFAULT.buffer(1).release();
    }
  }

  /** Forgets the leaks that were found, and tells whether there were any. */
  static boolean forgetLeaks() {
    boolean any = !LEAKS.isEmpty();
    LEAKS.clear();
    return any;
  }
}
