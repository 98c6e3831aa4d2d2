package org.aibridge.core.run;

import org.aibridge.core.text.Shown;

/**
 * Stands in a log for an exception of which a message holds what nobody sees: the same stack, the
 * same causes, the messages as a person may see them.
 */
final class ShownThrowable extends Throwable {
  private static final long serialVersionUID = 1L;

  /** How far causes, and what was suppressed, are followed; the rest is left out. */
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

  /** {@code thrown}, which cannot say what it is. */
  private ShownThrowable(Class<?> thrown) {
    super(thrown.getName(), null, false, false);
  }

  /** {@code thrown} itself if all it says may be shown, else what stands for it. */
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

  /** As the one it stands for has it: with the name of its class. */
  @Override
  public String toString() {
    return getMessage();
  }
}
