package io.raftoral.simulation.planted;

import io.raftoral.simulation.plan.PlanGenerator;
import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.run.RunResult;
import io.raftoral.simulation.run.Simulation;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Looks for the first seed that finds a planted bug. */
public final class PlantedSearch {
  private PlantedSearch() {}

  /**
   * What came of it.
   *
   * @param seeds how many seeds it took, 0 if the bug was not found
   * @param invariant which invariant was violated, null if none
   */
  public record Found(PlantedBug bug, long seeds, @Nullable String invariant) {}

  /** Tries the seeds 1 to {@code maxSeeds} of the bug's profile on classes with the bug. */
  public static Found search(PlantedBug bug, long maxSeeds) {
    PatchingLoader loader =
        new PatchingLoader(Objects.requireNonNull(PlantedSearch.class.getClassLoader()), bug.patches());
    try {
      // The loader's own copy of Searcher shares no class of this module with us: only what the JDK defines crosses.
      Object searcher = loader.loadClass(Searcher.class.getName()).getDeclaredConstructor().newInstance();
      @SuppressWarnings("unchecked")
      BiFunction<String, Long, String> search = (BiFunction<String, Long, String>) searcher;
      String answer = search.apply(bug.profile().toString(), maxSeeds);
      if (loader.hasUnused()) {
        throw new IllegalStateException("a class that bug " + bug + " patches was never loaded");
      }
      int space = answer.indexOf(' ');
      return space < 0
          ? new Found(bug, 0, null)
          : new Found(bug, Long.parseLong(answer.substring(0, space)), answer.substring(space + 1));
    } catch (ReflectiveOperationException e) {
      Throwable cause = e instanceof InvocationTargetException thrown ? thrown.getTargetException() : e;
      throw new IllegalStateException("cannot run with bug " + bug + ": " + cause, cause);
    }
  }

  /** What runs on the patched classes; answers {@code "seed invariant"}, or the empty string. */
  public static final class Searcher implements BiFunction<String, Long, String> {
    /** For the patching loader alone. */
    public Searcher() {}

    @Override
    public String apply(String profile, Long last) {
      Profile drawn = Profile.parse(profile);
      // An engine that is alone has nobody to disagree with.
      int nodes = drawn == Profile.WORKFLOW ? 3 : 0;
      for (long seed = 1; seed <= last; seed++) {
        RunResult result = Simulation.run(PlanGenerator.generate(seed, drawn, nodes));
        if (result.violation() != null) {
          return seed + " " + result.violation().invariant();
        }
      }
      return "";
    }
  }
}
