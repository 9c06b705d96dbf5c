package io.raftoral.examples.samples;

import io.raftoral.examples.orders.OrderFulfilment;
import io.raftoral.examples.service.EffectCall;
import io.raftoral.examples.service.Ledger;
import io.raftoral.examples.service.Shop;
import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.WorkflowType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** All sample workflows, wired to fake services that write to one ledger. */
public final class SampleWorkflows {
  private SampleWorkflows() {}

  /**
   * The workflows.
   *
   * @param latency how long each call of the fake services takes
   */
  public static List<WorkflowType<?, ?>> all(Ledger ledger, Duration latency) {
    return List.of(
        OrderFulfilment.type(new Shop(ledger, latency)),
        RetryLoop.type((call, request, retry) -> unreliableApi(ledger, call, request, retry)),
        Counter.type(ledger),
        Sleeper.type());
  }

  /** Fails as often as the request says, then answers. */
  private static String unreliableApi(Ledger ledger, EffectContext call, RetryLoop.Request request, int retry)
      throws IOException, InterruptedException {
    ledger.record(EffectCall.of(call));
    if (retry < request.failures()) {
      throw new IOException(request.url() + " answered with status 503");
    }
    return "answer of " + request.url() + " after " + retry + " failures";
  }
}
