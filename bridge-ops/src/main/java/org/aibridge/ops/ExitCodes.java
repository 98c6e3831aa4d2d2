package org.aibridge.ops;

/** What a command's exit code means; 130 after Ctrl-C is the JVM's own. */
public final class ExitCodes {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** Done in part, or what was asked for was found. */
  public static final int FOUND = 3;

  /** Nobody reads the output any more; what a shell says of a process that SIGPIPE has ended. */
  public static final int UNREAD = 141;

  private ExitCodes() {}
}
