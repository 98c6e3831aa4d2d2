package org.aibridge.core.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.Supplier;
import org.aibridge.core.text.Lines;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Loggers that never throw, and write no character that nobody sees.
 *
 * <p>What is behind SLF4J is the host's: an appender may throw whatever it likes, on any thread,
 * between any two steps of ours. A line that cannot be written is lost, and nothing else.
 *
 * <p>Whatever is logged may hold text of a service, a script or a player. So all of it goes through
 * {@link Shown}: messages, arguments, and what exceptions and their causes say.
 */
public final class Logs {
  /** The longest argument that is logged, in characters. */
  private static final int MAX_ARGUMENT = 4096;

  private Logs() {}

  /** The logger of {@code type}, for a static field. */
  public static Logger of(Class<?> type) {
    return guarded(() -> LoggerFactory.getLogger(type));
  }

  /** A backend that cannot make the logger is asked again with the next line. */
  static Logger guarded(Supplier<Logger> backend) {
    Guard guard = new Guard(backend);
    guard.isMade();
    return (Logger)
        Proxy.newProxyInstance(Logs.class.getClassLoader(), new Class<?>[] {Logger.class}, guard);
  }

  /** Hands calls on; any thread. */
  private static final class Guard implements InvocationHandler {
    private final Supplier<Logger> backend;
    private volatile Logger logger;

    Guard(Supplier<Logger> backend) {
      this.backend = backend;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
      Object unsaid = method.getReturnType() == boolean.class ? Boolean.FALSE : null;
      try {
        return isMade() ? method.invoke(logger, shownAll(arguments)) : unsaid;
      } catch (Throwable e) {
        return unsaid; // Nothing is done about it: that would need what has just failed.
      }
    }

    boolean isMade() {
      try {
        logger = logger == null ? backend.get() : logger;
        return logger != null;
      } catch (Throwable e) {
        return false; // As above.
      }
    }
  }

  private static Object[] shownAll(Object[] arguments) {
    return arguments == null ? null : Arrays.stream(arguments).map(Logs::shown).toArray();
  }

  private static Object shown(Object argument) {
    if (argument instanceof Object[] several) {
      return Arrays.stream(several).map(Logs::shown).toArray();
    }
    if (argument instanceof Throwable thrown) {
      return ShownThrowable.of(thrown);
    }
    if (argument == null
        || argument instanceof Number
        || argument instanceof Boolean
        || argument instanceof Marker) {
      return argument;
    }
    try {
      String text = argument.toString();
      return argument instanceof Lines ? text : Shown.of(text, MAX_ARGUMENT);
    } catch (Throwable e) {
      return argument.getClass().getName() + ", which cannot say what it is";
    }
  }
}
