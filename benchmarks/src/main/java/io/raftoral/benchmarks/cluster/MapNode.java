package io.raftoral.benchmarks.cluster;

import io.raftoral.raft.driver.DriverConfig;
import io.raftoral.raft.driver.DriverStats;
import io.raftoral.raft.driver.DriverThread;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.GroupConfig;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.storage.log.LogStats;
import io.raftoral.storage.rocksdb.LogStoreOptions;
import io.raftoral.storage.rocksdb.RocksLogStore;
import io.raftoral.storage.rocksdb.RocksStateStore;
import io.raftoral.storage.rocksdb.StateStoreOptions;
import io.raftoral.transport.NettyTransport;
import io.raftoral.transport.PeerAddress;
import io.raftoral.transport.TransportConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One node of a replicated map: the production log store, state store, transport and driver. */
final class MapNode implements AutoCloseable {
  private final RocksLogStore logStore;
  private final @Nullable RocksStateStore stateStore;
  private final NettyTransport transport;
  private final DriverThread host;
  private final RaftDriver driver;
  private final List<MapMachine> machines = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();

  MapNode(long id, SortedMap<Long, PeerAddress> peers, MapCluster.Options options, Path directory) {
    logStore =
        options.durable()
            ? RocksLogStore.open(directory.resolve("log"), LogStoreOptions.DEFAULTS)
            : RocksLogStore.openWithoutSync(directory.resolve("log"), LogStoreOptions.DEFAULTS);
    stateStore =
        options.stored() ? RocksStateStore.open(directory.resolve("state"), StateStoreOptions.DEFAULTS) : null;
    PeerAddress self = peers.get(id);
    if (self == null) {
      throw new IllegalArgumentException("node " + id + " is not among " + peers.keySet());
    }
    transport =
        new NettyTransport(TransportConfig.of("bench", self.name(), id, self.host(), self.port(), peers));
    DriverConfig config = DriverConfig.defaults(id);
    host = new DriverThread(self.name(), config, 1, MapNode::failed);
    driver = new RaftDriver(config, logStore, transport, host);
    for (int number = 1; number <= options.groups(); number++) {
      MapState map =
          stateStore == null
              ? new HeapMap(MapCluster.KEYS, directory.resolve("map-" + number))
              : new StoredMap(number, stateStore);
      MapMachine machine = new MapMachine(number, map);
      machines.add(machine);
      groups.add(
          driver.open(
              number,
              GroupConfig.defaults(id, List.copyOf(peers.keySet()), RandomGenerator.of("L64X128MixRandom")),
              machine));
    }
  }

  /** A benchmark whose node failed has no result; the loop above notices that nothing ends any more. */
  private static void failed(Throwable cause) {
    System.err.println("a node failed: " + cause);
  }

  void start() {
    transport.start(driver, (body, timeoutMs, reply) -> reply.send(body));
    host.start(driver);
  }

  Group group(int number) {
    return groups.get(number - 1);
  }

  MapMachine machine(int number) {
    return machines.get(number - 1);
  }

  DriverStats driverStats() {
    return driver.stats();
  }

  LogStats logStats() {
    return logStore.stats();
  }

  @Override
  public void close() {
    transport.kill();
    host.kill();
    machines.forEach(MapMachine::close);
    logStore.abandon();
    if (stateStore != null) {
      stateStore.abandon();
    }
  }
}
