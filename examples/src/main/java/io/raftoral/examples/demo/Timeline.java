package io.raftoral.examples.demo;

import io.raftoral.examples.text.Screen;
import io.raftoral.examples.text.Tone;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What happens, as it happens: one line an event, and between them, where lines can be overwritten, one that shows how
 * far things are. Safe for use by several threads.
 */
final class Timeline {
  /** Progress is shown so often at most, where lines can be overwritten. */
  private static final long INTERACTIVE_INTERVAL_NANOS = 100_000_000L;

  /** Likewise, where they cannot. */
  private static final long PLAIN_INTERVAL_NANOS = 2_000_000_000L;

  private static final String CLEAR_LINE = "\r\033[K";

  private final Screen screen;
  private final long start = System.nanoTime();
  private long lastShown = start;
  private String shown = "";

  Timeline(Screen screen) {
    this.screen = screen;
  }

  /** Something worth remembering. */
  void event(String text) {
    event(text, Tone.PLAIN);
  }

  synchronized void event(String text, Tone tone) {
    clear();
    screen.line(stamp() + tone.paint(text, screen.colour()));
    redraw();
  }

  /** How far things are. */
  synchronized void progress(Supplier<String> text) {
    long interval = screen.interactive() ? INTERACTIVE_INTERVAL_NANOS : PLAIN_INTERVAL_NANOS;
    if (System.nanoTime() - lastShown < interval) {
      return;
    }
    lastShown = System.nanoTime();
    if (screen.interactive()) {
      clear();
      shown = text.get();
      redraw();
    } else {
      screen.line(stamp() + text.get());
    }
  }

  /** Nothing more will be in progress. */
  synchronized void done() {
    clear();
    shown = "";
    screen.out().flush();
  }

  private void clear() {
    if (!shown.isEmpty()) {
      screen.out().print(CLEAR_LINE);
    }
  }

  private void redraw() {
    if (!shown.isEmpty()) {
      String line = stamp() + shown;
      String fitting = line.length() < screen.width() ? line : line.substring(0, screen.width() - 1);
      screen.out().print(Tone.FAINT.paint(fitting, screen.colour()));
      screen.out().flush();
    }
  }

  private String stamp() {
    return String.format(Locale.ROOT, "%7.2f s  ", (System.nanoTime() - start) / 1e9);
  }
}
