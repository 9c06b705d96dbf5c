package io.raftoral.workflow.node;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.Status;
import io.raftoral.raft.driver.DriverConfig;
import io.raftoral.raft.driver.DriverException;
import io.raftoral.raft.driver.DriverThread;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.GroupConfig;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.storage.DataDirectory;
import io.raftoral.storage.Identity;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.rocksdb.LogStoreOptions;
import io.raftoral.storage.rocksdb.RocksLogStore;
import io.raftoral.storage.rocksdb.RocksStateStore;
import io.raftoral.storage.rocksdb.StateStoreOptions;
import io.raftoral.transport.NettyTransport;
import io.raftoral.transport.PeerAddress;
import io.raftoral.transport.Security;
import io.raftoral.transport.TransportConfig;
import io.raftoral.transport.TransportException;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.client.Certificates;
import io.raftoral.workflow.engine.EngineConfig;
import io.raftoral.workflow.engine.WorkflowEngine;
import io.raftoral.workflow.engine.run.RunLimits;
import io.raftoral.workflow.engine.run.RunSettings;
import io.raftoral.workflow.engine.runtime.VirtualThreadRuntime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a node, opened in the order of their dependence and closed in the reverse one. Directory first, because
 * it keeps everybody else out; then stores, engine, driver; the port last, because from then on others talk to the node.
 */
final class NodeParts {
  private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

  final Members members;
  final RequestServer server;
  final WorkflowEngine engine;
  final Group group;
  final RoleWatch roles;
  private final DataDirectory directory;
  private final RocksLogStore logStore;
  private final RocksStateStore stateStore;
  private final VirtualThreadRuntime runtime;
  private final NettyTransport transport;
  private final RaftDriver driver;
  private final DriverThread host;
  private final RequestThreads requestThreads;

  /** What is open, the newest first. */
  private final Deque<Opened> opened = new ArrayDeque<>();

  /** A part that was opened. */
  private record Opened(String what, Runnable close) {}

  /**
   * Opens everything, and lets it run.
   *
   * @param onFailure told, on a thread that must not be blocked, when the node cannot go on
   * @throws ConfigurationException if something cannot be opened; whatever was is closed again
   */
  NodeParts(NodeSettings settings, NodeListener listener, Consumer<Throwable> onFailure) {
    boolean complete = false;
    try {
      directory = open("directory", DataDirectory.open(settings.dataDir(), identity(settings)), DataDirectory::close);
      logStore =
          open("log store", RocksLogStore.open(directory.logPath(), LogStoreOptions.DEFAULTS), RocksLogStore::close);
      stateStore =
          open(
              "state store",
              RocksStateStore.open(directory.statePath(), StateStoreOptions.DEFAULTS),
              RocksStateStore::close);
      runtime = open("runtime", new VirtualThreadRuntime(settings.name()), VirtualThreadRuntime::close);
      transport = open("transport", new NettyTransport(transportConfig(settings)), NettyTransport::close);
      engine =
          open(
              "engine",
              new WorkflowEngine(engineConfig(settings), settings.types(), stateStore, runtime, listener),
              WorkflowEngine::close);
      DriverConfig driverConfig = DriverConfig.defaults(settings.id()).withTick(settings.tick());
      host = open("driver", new DriverThread(settings.name(), driverConfig, 1, onFailure), DriverThread::close);
      driver = new RaftDriver(driverConfig, logStore, transport, host);
      roles = new RoleWatch(engine);
      group = driver.open(NodeSettings.GROUP, groupConfig(settings), roles);
      engine.bind(group);

      int maxWaits = settings.maxConcurrentRequests() * NodeSettings.WAITS_PER_REQUEST;
      requestThreads =
          open(
              "request threads",
              new RequestThreads(settings.name(), settings.maxConcurrentRequests() + maxWaits),
              RequestThreads::close);
      members = members(settings, transport);
      server =
          new RequestServer(
              new EngineReplica(engine, group, roles, members, requestThreads.workers()),
              members,
              requestThreads,
              settings.maxConcurrentRequests(),
              maxWaits);
      transport.start(driver, server);
      members.listensOn(transport.localAddress().getPort());
      host.start(driver);
      complete = true;
    } catch (StorageException | TransportException | DriverException e) {
      throw new ConfigurationException("node " + settings.name() + ": " + e.getMessage(), e);
    } finally {
      if (!complete) {
        closeAll();
      }
    }
  }

  /** What all layers have counted. */
  Measurements measurements(NodeSettings settings, Status raft) {
    return new Measurements(
        settings.cluster(),
        settings.name(),
        raft,
        driver.stats(),
        logStore.stats(),
        logStore.sizeBytes(),
        stateStore.sizeBytes(),
        transport.stats(),
        engine.status());
  }

  /** The port that was really bound. */
  int port() {
    return transport.localAddress().getPort();
  }

  /** Closes everything in order, handing over and writing down what there is. */
  void closeAll() {
    while (!opened.isEmpty()) {
      Opened part = opened.removeFirst();
      safely("close", part.what(), part.close());
    }
  }

  /**
   * Stops everything as if the process had been killed. The network goes silent first, then the loop, so that nothing
   * is sent or written that a dead process could not have sent or written; what is left is abandoned.
   */
  void killAll() {
    safely("kill", "transport", transport::kill);
    safely("kill", "driver", host::kill);
    safely("kill", "engine", engine::kill);
    safely("kill", "log store", logStore::abandon);
    safely("kill", "state store", stateStore::abandon);
    safely("kill", "runtime", runtime::close);
    safely("kill", "request threads", requestThreads::close);
    safely("kill", "directory", directory::close);
    opened.clear();
  }

  /** Whatever goes wrong with one part, the others have to be stopped, or port and directory would stay taken. */
  private static void safely(String verb, String what, Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException e) {
      log.warn("Could not {} the {} cleanly", verb, what, e);
    }
  }

  private <T> T open(String what, T part, Consumer<T> close) {
    opened.addFirst(new Opened(what, () -> close.accept(part)));
    return part;
  }

  private static Identity identity(NodeSettings settings) {
    return new Identity(settings.cluster(), settings.name(), settings.id(), settings.ids());
  }

  private static EngineConfig engineConfig(NodeSettings settings) {
    RunLimits limits = RunLimits.DEFAULT;
    return EngineConfig.of(settings.cluster(), settings.name(), NodeSettings.GROUP)
        .withLimits(
            new RunLimits(
                settings.maxPayloadBytes(), limits.maxJournal(), limits.maxOpenRuns(), limits.maxOutstandingStarts()))
        .withRetentionMs(settings.retention() == null ? RunSettings.KEEP : settings.retention().toMillis());
  }

  private static GroupConfig groupConfig(NodeSettings settings) {
    RaftConfig raft =
        RaftConfig.defaults(settings.id())
            .withTicks(settings.electionTicks(), settings.heartbeatTicks())
            .withLeaderLease(true);
    return GroupConfig.of(raft, List.copyOf(settings.ids().values()), RandomGenerator.of("L64X128MixRandom"));
  }

  private static TransportConfig transportConfig(NodeSettings settings) {
    SortedMap<String, Long> ids = settings.ids();
    SortedMap<Long, PeerAddress> peers = new TreeMap<>();
    settings
        .peers()
        .forEach(
            (name, address) -> {
              // Only a node that is alone may have port 0, and it connects to nobody.
              if (address.port() != 0) {
                peers.put(ids.getOrDefault(name, 0L), new PeerAddress(name, address.host(), address.port()));
              }
            });
    return TransportConfig.of(
            settings.cluster(),
            settings.name(),
            settings.id(),
            settings.listen().host(),
            settings.listen().port(),
            peers)
        .withSecurity(security(settings));
  }

  private static Security security(NodeSettings settings) {
    return Certificates.security(settings.tls(), settings.insecure());
  }

  private static Members members(NodeSettings settings, NettyTransport transport) {
    Members.Member self = new Members.Member(settings.id(), settings.name(), settings.advertise());
    return new Members(settings.cluster(), self, settings.ids(), settings.peers(), transport::requestChannel);
  }
}
