package org.aibridge.core.run;

import java.util.List;

/** What code that is not ours may throw. */
public final class Foreign {
  /** One of each kind; {@code sneak} throws the checked ones as well. */
  public static final List<Throwable> THROWABLES =
      List.of(
          new IllegalStateException("made by a test"),
          new Speechless(),
          new OutOfMemoryError("made by a test"),
          new StackOverflowError("made by a test"),
          new NoClassDefFoundError("made by a test"),
          new AssertionError("made by a test"),
          new Ending(),
          new InterruptedException("made by a test"),
          new Exception("made by a test"));

  private Foreign() {}

  /** Throws {@code thrown}, also where nobody declares it. */
  @SuppressWarnings("unchecked")
  public static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** An exception that cannot even be printed. */
  private static final class Speechless extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new StackOverflowError("made by a test");
    }

    @Override
    public String toString() {
      throw new StackOverflowError("made by a test");
    }
  }

  /** As {@code ThreadDeath}, which is deprecated: neither an exception nor an error of the JVM. */
  private static final class Ending extends Error {
    private static final long serialVersionUID = 1;
  }
}
