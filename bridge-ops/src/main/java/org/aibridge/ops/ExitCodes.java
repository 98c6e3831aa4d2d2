package org.aibridge.ops;

/** The exit codes of commands. The JVM itself gives 130 after Ctrl-C. */
public final class ExitCodes {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** The work was done only in part, or a search found something. */
  public static final int FOUND = 3;

  /** The reader closed the output; shells report the same code for a process ended by SIGPIPE. */
  public static final int UNREAD = 141;

  private ExitCodes() {}
}
