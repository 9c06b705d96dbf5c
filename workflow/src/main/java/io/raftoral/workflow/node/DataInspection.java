package io.raftoral.workflow.node;

import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.Identity;
import io.raftoral.storage.log.LogReport;
import io.raftoral.storage.rocksdb.Inspector;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.engine.state.Applier;
import io.raftoral.workflow.engine.state.KeyLayout;
import io.raftoral.workflow.engine.state.StateReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a node's data directory holds, for people. Changes nothing in it; the node may be running, and what is seen of its
 * state is then what it last made durable.
 *
 * @param groups ascending
 */
public record DataInspection(Identity identity, List<GroupData> groups) {

  /**
   * One group's data.
   *
   * @param log what the log holds
   * @param applied which prefix of the log the durable state contains
   * @param runs how many runs there are, by status
   */
  public record GroupData(LogReport log, SnapshotMetadata applied, Map<RunStatus, Long> runs) {}

  /**
   * Reads a directory.
   *
   * @param verify whether to read everything and compare it with its checksums, as well
   * @param progress told how far that has come, on the calling thread
   * @throws io.raftoral.storage.StorageException if it is no node's directory, is damaged, or of a newer format
   */
  public static DataInspection of(Path directory, boolean verify, Inspector.Progress progress) {
    try (Inspector inspector = Inspector.open(directory)) {
      if (verify) {
        inspector.verify(progress);
      }
      List<GroupData> groups = new ArrayList<>();
      for (long group : inspector.groups()) {
        KeyLayout keys = new KeyLayout(group);
        groups.add(
            new GroupData(
                inspector.group(group),
                new Applier(keys, inspector.state()).applied(),
                runs(new StateReader(keys, inspector.state()))));
      }
      return new DataInspection(inspector.identity(), groups);
    }
  }

  private static Map<RunStatus, Long> runs(StateReader reader) {
    Map<RunStatus, Long> counts = new EnumMap<>(RunStatus.class);
    reader.runs(
        0,
        0,
        (info, head) -> {
          counts.merge(head.status(), 1L, Long::sum);
          return true;
        });
    return counts;
  }
}
