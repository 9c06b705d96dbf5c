package io.raftoral.examples.service;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts every call, as JSON, to a server that somebody else runs. Any answer of the 2xx kind means that the call was
 * written down. A server that is unreachable, overloaded or broken is asked again for a while, with the same idempotency
 * key; one that answers otherwise has refused. The key is in the body alone: it may hold characters that a header cannot.
 */
public final class HttpLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(HttpLedger.class);
  private static final int MAX_TRIES = 40;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(REQUEST_TIMEOUT).build();

  /**
   * A ledger behind an address.
   *
   * @throws IllegalArgumentException if it is no {@code http} or {@code https} address
   */
  public HttpLedger(String url) {
    URI parsed = URI.create(url);
    boolean http = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
    if (!http || parsed.getHost() == null) {
      throw new IllegalArgumentException("not an http address: " + url);
    }
    this.url = parsed;
  }

  @Override
  public void record(EffectCall call) throws IOException, InterruptedException {
    String body = JsonMapper.shared().writeValueAsString(call);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(REQUEST_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String problem = "";
    for (int attempt = 1; attempt <= MAX_TRIES; attempt++) {
      try {
        int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 == 2) {
          return;
        }
        problem = "answered with status " + status;
        if (status < 500 && status != 429) {
          throw new LedgerRefusedException(url + " " + problem + " to " + call.step() + " of " + call.workflow());
        }
      } catch (LedgerRefusedException e) {
        throw e;
      } catch (IOException e) {
        problem = e.toString();
      }
      if (attempt == 1) {
        LOG.warn("{}: {}; trying again", url, problem);
      }
      Thread.sleep(BETWEEN_TRIES);
    }
    throw new IOException(url + ": " + problem + ", " + MAX_TRIES + " times");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /** The server understood the call and does not want it. */
  static final class LedgerRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    LedgerRefusedException(String message) {
      super(message);
    }
  }
}
