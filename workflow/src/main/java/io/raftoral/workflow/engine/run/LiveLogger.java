package io.raftoral.workflow.engine.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A logger for workflow code, which says nothing while the code goes through its journal or runs as a shadow. */
final class LiveLogger {
  private static final Set<String> SPEAKS = Set.of("trace", "debug", "info", "warn", "error");

  private LiveLogger() {}

  static Logger of(RunContext context, String workflowType) {
    Logger logger = LoggerFactory.getLogger("workflow." + workflowType);
    return (Logger)
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
              if (SPEAKS.contains(method.getName()) && !context.lane().isLive()) {
                return null;
              }
              try {
                return method.invoke(logger, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }
}
