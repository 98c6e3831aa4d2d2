package org.aibridge.ops;

/** The exit codes of commands; 130 after Ctrl-C comes from the JVM. */
public final class ExitCodes {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** The work was done only in part, or a search has found something. */
  public static final int FOUND = 3;

  /** Nobody reads the output any more; a shell reports this code for a process ended by SIGPIPE. */
  public static final int UNREAD = 141;

  private ExitCodes() {}
}
