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
 * Loggers that never throw, and never write invisible characters.
 *
 * <p>The backend of SLF4J is the host's: an appender may throw anything, on any thread, between any
 * two steps of ours. A line that cannot be written is lost, and nothing else.
 *
 * <p>A log line may contain text of a service, a script or a player. So {@link Shown} cleans all of
 * it: messages, arguments, and the messages of exceptions and their causes.
 */
public final class Logs {
  /** The longest logged argument, in characters. */
  private static final int MAX_ARGUMENT = 4096;

  private Logs() {}

  /** Returns the logger of {@code type}, for a static field. */
  public static Logger of(Class<?> type) {
    return guarded(() -> LoggerFactory.getLogger(type));
  }

  /** Returns a logger; if the backend cannot create it now, each log line tries again. */
  static Logger guarded(Supplier<Logger> backend) {
    Guard guard = new Guard(backend);
    guard.isMade();
    return (Logger)
        Proxy.newProxyInstance(Logs.class.getClassLoader(), new Class<?>[] {Logger.class}, guard);
  }

  /** Passes calls to the logger and catches what it throws. Any thread. */
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
        return unsaid; // Not reported: the logger that just failed would have to do that.
      }
    }

    boolean isMade() {
      try {
        logger = logger == null ? backend.get() : logger;
        return logger != null;
      } catch (Throwable e) {
        return false; // Not reported: the logger that just failed would have to do that.
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
