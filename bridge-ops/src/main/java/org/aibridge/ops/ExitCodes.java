package org.aibridge.ops;

/** What a command's exit code means; 130 after Ctrl-C is the JVM's own. */
public final class ExitCodes {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** Done in part, or what was asked for was found. */
  public static final int FOUND = 3;

  private ExitCodes() {}
}
