package io.raftoral.examples.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.client.HostPort;
import io.raftoral.workflow.metrics.RaftoralMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Serves the metrics of a node as Prometheus reads them, at {@code /metrics}. One request at a time, on one thread: a
 * flood of scrapes makes scrapes slow and nothing else. Without authentication: for loopback or a network of one's own.
 */
final class MetricsServer implements AutoCloseable {
  private static final int BACKLOG = 8;
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpServer server;

  private MetricsServer(HttpServer server) {
    this.server = server;
  }

  /** Opens the port; nothing is served before {@link #serve}. */
  static MetricsServer open(String address) {
    HostPort parsed = HostPort.parse("--metrics", address);
    try {
      return new MetricsServer(HttpServer.create(new InetSocketAddress(parsed.host(), parsed.port()), BACKLOG));
    } catch (IOException e) {
      throw new UsageException("--metrics: cannot listen on " + address + ": " + e.getMessage());
    }
  }

  /** The port that was really bound. */
  int port() {
    return server.getAddress().getPort();
  }

  void serve(RaftoralNode node) {
    new RaftoralMetrics(node).bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    var _ = server.createContext("/metrics", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    registry.close();
  }
}
