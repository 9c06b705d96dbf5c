package io.raftoral.examples.process;

import com.sun.net.httpserver.HttpServer;
import io.raftoral.examples.service.EffectCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** A ledger that outlives all nodes, because it is no part of them. */
final class LedgerServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<EffectCall> calls = new CopyOnWriteArrayList<>();

  private LedgerServer(HttpServer server) {
    this.server = server;
  }

  static LedgerServer start() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    LedgerServer ledger = new LedgerServer(server);
    server.createContext(
        "/effects",
        exchange -> {
          ledger.calls.add(JsonMapper.shared().readValue(exchange.getRequestBody(), EffectCall.class));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.setExecutor(ledger.threads);
    server.start();
    return ledger;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/effects";
  }

  List<EffectCall> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
