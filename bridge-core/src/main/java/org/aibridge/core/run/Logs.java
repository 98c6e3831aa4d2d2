package org.aibridge.core.run;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loggers that never throw.
 *
 * <p>What is behind SLF4J is the host's: an appender may throw whatever it likes, on any thread,
 * between any two steps of ours. A line that cannot be written is lost, and nothing else.
 */
public final class Logs {
  private Logs() {}

  /** The logger of {@code type}, for a static field. */
  public static Logger of(Class<?> type) {
    return guarded(LoggerFactory.getLogger(type));
  }

  static Logger guarded(Logger logger) {
    return (Logger)
        Proxy.newProxyInstance(
            Logs.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> call(logger, method, arguments));
  }

  private static Object call(Logger logger, Method method, Object[] arguments) {
    try {
      return method.invoke(logger, arguments);
    } catch (Throwable e) {
      // Nothing is done about it: that would need what has just failed.
      return method.getReturnType() == boolean.class ? Boolean.FALSE : null;
    }
  }
}
