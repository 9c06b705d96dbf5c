package io.raftoral.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LedgerTest {
  private static final EffectCall CALL = new EffectCall("Žofie/1", "charge", 2, "c/ž/1/4", 7, "n1");

  @Test
  void aRepeatedKeyCountsOnce() {
    try (MemoryLedger ledger = new MemoryLedger()) {
      ledger.record(CALL);
      ledger.record(new EffectCall("Žofie/1", "charge", 2, "c/ž/1/4", 8, "n2"));
      ledger.record(new EffectCall("Žofie/1", "charge", 3, "c/w/1/5", 8, "n2"));

      assertThat(ledger.entries()).extracting(MemoryLedger.Entry::effective).containsExactly(true, false, true);
    }
  }

  @Test
  void aFileHasALineOfJsonForEachCallAndIsContinued(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("ledger.jsonl");
    for (int i = 0; i < 2; i++) {
      try (FileLedger ledger = new FileLedger(file)) {
        ledger.record(CALL);
      }
    }

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(lines).allSatisfy(line -> assertThat(JsonMapper.shared().readValue(line, EffectCall.class)).isEqualTo(CALL));
  }

  @Test
  void aFileIsNotCreatedBeforeThereIsSomethingToWrite(@TempDir Path directory) {
    new FileLedger(directory.resolve("ledger.jsonl")).close();

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aServerGetsTheCallAsJsonAgainUntilItAcceptsIt() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    AtomicInteger status = new AtomicInteger(503);
    HttpServer server = server(bodies, status);
    try (HttpLedger ledger = new HttpLedger("http://127.0.0.1:" + server.getAddress().getPort() + "/effects")) {
      ledger.record(CALL);
    } finally {
      server.stop(0);
    }

    assertThat(bodies).hasSize(2);
    assertThat(bodies.getLast())
        .isEqualTo(
            "{\"workflow\":\"Žofie/1\",\"step\":\"charge\",\"attempt\":2,\"idempotencyKey\":\"c/ž/1/4\",\"term\":7,"
                + "\"node\":\"n1\"}");
  }

  @Test
  void aServerThatRefusesIsNotAskedAgain() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    HttpServer server = server(bodies, new AtomicInteger(422));
    try (HttpLedger ledger = new HttpLedger("http://127.0.0.1:" + server.getAddress().getPort() + "/")) {
      assertThatThrownBy(() -> ledger.record(CALL))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("answered with status 422 to charge of Žofie/1");
    } finally {
      server.stop(0);
    }
    assertThat(bodies).hasSize(1);
  }

  @Test
  void anAddressHasToBeHttp() {
    for (String url : List.of("ftp://127.0.0.1/", "127.0.0.1:80", "http:///nowhere")) {
      assertThatThrownBy(() -> new HttpLedger(url)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(url);
    }
  }

  /** Answers once with {@code status}; a 503 is followed by 204. */
  private static HttpServer server(List<String> bodies, AtomicInteger status) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(status.get(), -1);
          status.compareAndSet(503, 204);
          exchange.close();
        });
    server.start();
    return server;
  }
}
