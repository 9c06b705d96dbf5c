package io.raftoral.workflow.engine;

import io.raftoral.workflow.HistoryEntry;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.engine.state.RunInfo;
import io.raftoral.workflow.engine.state.StateReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The journals of runs, in pages. Any thread. */
final class RunHistory {
  private final StateReader reader;

  RunHistory(StateReader reader) {
    this.reader = reader;
  }

  /** A page of a run's journal, null if there is no run of this id. */
  @Nullable HistoryPage page(String id, String pageToken) {
    RunInfo info = reader.info(id);
    if (info == null) {
      return null;
    }
    StateReader.JournalPage page = reader.journalPage(info, place(pageToken), HistoryPage.MAX_PAGE_SIZE);
    List<HistoryEntry> entries = new ArrayList<>();
    for (StateReader.Filled filled : page.entries()) {
      entries.add(
          new HistoryEntry(
              filled.branch().label(),
              filled.entry().position(),
              Instant.ofEpochMilli(filled.entry().timeMs()),
              filled.entry().outcome().kind(),
              filled.entry().outcome().name(),
              RunViews.shown(filled.entry().outcome()),
              filled.entry().by().term()));
    }
    return new HistoryPage(entries, HexFormat.of().formatHex(page.next()));
  }

  private static byte[] place(String pageToken) {
    try {
      return HexFormat.of().parseHex(pageToken);
    } catch (IllegalArgumentException malformed) {
      throw new RefusedException(
          RefusedException.Code.BAD_REQUEST,
          "\"" + pageToken + "\" is not a page token that a history has given out");
    }
  }
}
