package org.aibridge.core.run;

import org.aibridge.core.text.Shown;

/**
 * Replaces an exception in a log if a message of it has invisible characters: the stack and the
 * causes are the same, and the messages are cleaned.
 */
final class ShownThrowable extends Throwable {
  private static final long serialVersionUID = 1L;

  /** The depth up to which causes and suppressed exceptions are shown; deeper ones are left out. */
  private static final int MAX_DEPTH = 16;

  private static final int MAX_MESSAGE = 1024;

  private ShownThrowable(Throwable thrown, int depth) {
    super(
        Shown.of(thrown.toString(), MAX_MESSAGE),
        depth == 0 || thrown.getCause() == null
            ? null
            : new ShownThrowable(thrown.getCause(), depth - 1),
        true,
        true);
    setStackTrace(thrown.getStackTrace());
    if (depth > 0) {
      for (Throwable suppressed : thrown.getSuppressed()) {
        addSuppressed(new ShownThrowable(suppressed, depth / 2));
      }
    }
  }

  /** Creates a replacement for an exception of class {@code thrown} whose own methods throw. */
  private ShownThrowable(Class<?> thrown) {
    super(thrown.getName(), null, false, false);
  }

  /** Returns {@code thrown} itself if all its messages are clean, or else a replacement. */
  static Throwable of(Throwable thrown) {
    try {
      return isClean(thrown, MAX_DEPTH) ? thrown : new ShownThrowable(thrown, MAX_DEPTH);
    } catch (Throwable e) {
      return new ShownThrowable(thrown.getClass());
    }
  }

  private static boolean isClean(Throwable thrown, int depth) {
    if (thrown == null) {
      return true;
    }
    String said = thrown.toString();
    if (depth == 0 || said.length() > MAX_MESSAGE || !Shown.isClean(said)) {
      return false;
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!isClean(suppressed, depth / 2)) {
        return false;
      }
    }
    return isClean(thrown.getCause(), depth - 1);
  }

  /** Returns the text of the replaced exception, with the name of its class. */
  @Override
  public String toString() {
    return getMessage();
  }
}
