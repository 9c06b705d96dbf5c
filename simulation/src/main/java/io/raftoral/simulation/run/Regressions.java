package io.raftoral.simulation.run;

import io.raftoral.simulation.plan.PlanJson;
import io.raftoral.simulation.plan.SimPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Plans that have once shown something wrong, in the code or in a check, and that run before any seed. They are resources
 * of this module, {@code regressions/*.json}, named in {@code regressions/index.txt}.
 */
public final class Regressions {
  private static final String DIRECTORY = "/regressions/";

  private Regressions() {}

  /** The plans by the names of their files, in the order of the index. */
  public static Map<String, SimPlan> plans() {
    Map<String, SimPlan> plans = new LinkedHashMap<>();
    text("index.txt").lines().filter(line -> !line.isBlank()).forEach(name -> plans.put(name, PlanJson.read(text(name))));
    return plans;
  }

  private static String text(String name) {
    try (InputStream in = Regressions.class.getResourceAsStream(DIRECTORY + name)) {
      if (in == null) {
        throw new IllegalStateException("the regression plan " + name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the regression plan " + name, e);
    }
  }
}
