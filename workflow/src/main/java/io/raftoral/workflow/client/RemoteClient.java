package io.raftoral.workflow.client;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.RaftoralClient;
import java.time.Duration;
import java.util.List;

/** Stands in until the client protocol is there. */
public final class RemoteClient {
  private RemoteClient() {}

  /** See {@link RaftoralClient#connect}. */
  public static RaftoralClient connect(List<String> addresses, Duration timeout) {
    throw new ConfigurationException("no client yet for " + addresses + " within " + timeout);
  }
}
