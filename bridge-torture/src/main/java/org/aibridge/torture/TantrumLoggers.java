package org.aibridge.torture;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * A logging backend for a host: writes lines to the standard error, and throws when {@link
 * Tantrums} says so, before or after the line is written or when a caller asks for a level.
 *
 * <p>Chosen by {@code -Dslf4j.provider}, so only a host that asks for this backend has it.
 */
public final class TantrumLoggers implements SLF4JServiceProvider {
  /**
   * The logger that is asked for while Chronicle's first class loads. It never throws: an exception
   * would break that class for the life of the process, and a bridge could only say so.
   */
  private static final String SPARED = "net.openhft.chronicle.core.Jvm";

  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new NOPMDCAdapter();

  @Override
  public ILoggerFactory getLoggerFactory() {
    return LineLogger::new;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}

  /** A logger for lines of level info and above. */
  private static final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    LineLogger(String name) {
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public boolean isDebugEnabled() {
      maybeThrow("logger, asked for its level");
      return false;
    }

    @Override
    public boolean isInfoEnabled() {
      maybeThrow("logger, asked for its level");
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return isInfoEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
      return isInfoEnabled();
    }

    private void maybeThrow(String where) {
      if (!name.equals(SPARED)) {
        Tantrums.maybeThrow(where);
      }
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return LineLogger.class.getName();
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String text, Object[] arguments, Throwable thrown) {
      maybeThrow("logger");
      System.err.println(
          level + " " + name + " - " + MessageFormatter.basicArrayFormat(text, arguments));
      if (thrown != null) {
        thrown.printStackTrace();
      }
      maybeThrow("logger, behind its line");
    }
  }
}
