package org.aibridge.core;

import java.lang.reflect.Proxy;
import org.aibridge.core.run.Foreign;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** A logging backend whose loggers throw at each call; for a JVM that names it on its command. */
public final class ThrowingLoggers implements SLF4JServiceProvider {
  /** The property with the pattern of the names whose loggers throw nothing. */
  static final String SPARED = "test.loggers.spared";

  /** The property with the number of what is thrown. */
  static final String THROWN = "test.loggers.thrown";

  private final IMarkerFactory markers = new BasicMarkerFactory();

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> name.matches(System.getProperty(SPARED)) ? NOPLogger.NOP_LOGGER : throwing(name);
  }

  private static Logger throwing(String name) {
    Throwable thrown = Foreign.THROWABLES.get(Integer.getInteger(THROWN));
    return (Logger)
        Proxy.newProxyInstance(
            ThrowingLoggers.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getName")) {
                return name;
              }
              throw thrown;
            });
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return new NOPMDCAdapter();
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}
}
