package io.raftoral.examples.process;

import io.raftoral.examples.RaftoralCli;
import io.raftoral.examples.text.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client commands, run in this process: parsing, protocol and output are those of the launcher. */
final class CommandLineClient {
  private final String peers;

  CommandLineClient(String peers) {
    this.peers = peers;
  }

  /** What a command left behind. */
  record Result(int exitCode, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Map<String, String> environment = Map.of("RAFTORAL_PEERS", peers);
    int exitCode = new RaftoralCli(Screen.plain(new PrintWriter(out), new PrintWriter(err)), environment).run(args);
    return new Result(exitCode, out.toString(), err.toString());
  }
}
