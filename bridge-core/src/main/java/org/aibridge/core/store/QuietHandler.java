package org.aibridge.core.store;

import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import net.openhft.chronicle.core.onoes.ThreadLocalisedExceptionHandler;
import org.slf4j.Logger;

/**
 * Keeps a logger's exceptions away from Chronicle, which logs in the middle of an append (a slow
 * mapping, a half-written record): there an exception would end the append.
 */
final class QuietHandler implements ExceptionHandler {
  private final ExceptionHandler handler;

  private QuietHandler(ExceptionHandler handler) {
    this.handler = handler;
  }

  /** Installs Chronicle's log handlers once; changes nothing if the host itself uses Chronicle. */
  static void install() {
    if (Jvm.class.getClassLoader() == QuietHandler.class.getClassLoader()) {
      Jvm.setErrorExceptionHandler(quiet(Jvm.error()));
      Jvm.setWarnExceptionHandler(quiet(Jvm.warn()));
      Jvm.setPerfExceptionHandler(quiet(Jvm.perf()));
    }
  }

  private static ExceptionHandler quiet(ExceptionHandler handler) {
    return new QuietHandler(ThreadLocalisedExceptionHandler.unwrap(handler));
  }

  @Override
  public void on(Class<?> type, String message, Throwable thrown) {
    try {
      handler.on(type, message, thrown);
    } catch (Throwable e) {
      return; // No way is left to report the error.
    }
  }

  @Override
  public void on(Logger logger, String message, Throwable thrown) {
    try {
      handler.on(logger, message, thrown);
    } catch (Throwable e) {
      return; // No way is left to report the error.
    }
  }

  @Override
  public boolean isEnabled(Class<?> type) {
    try {
      return handler.isEnabled(type);
    } catch (Throwable e) {
      return false;
    }
  }
}
