package org.aibridge.core.store;

import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import net.openhft.chronicle.core.onoes.ThreadLocalisedExceptionHandler;
import org.slf4j.Logger;

/**
 * Keeps what a logger throws from Chronicle, which logs in the middle of what it does: a mapping
 * that took long, or a record that is half written, would end an append there.
 */
final class QuietHandler implements ExceptionHandler {
  private final ExceptionHandler handler;

  private QuietHandler(ExceptionHandler handler) {
    this.handler = handler;
  }

  /** To be called once. Where Chronicle is the host's own it is left as it is. */
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
      return; // Nothing is left to tell it with.
    }
  }

  @Override
  public void on(Logger logger, String message, Throwable thrown) {
    try {
      handler.on(logger, message, thrown);
    } catch (Throwable e) {
      return; // As above.
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
