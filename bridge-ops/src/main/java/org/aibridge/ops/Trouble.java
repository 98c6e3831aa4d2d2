package org.aibridge.ops;

/** Ends a command with one sentence for the operator. */
public final class Trouble extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exit;

  private Trouble(int exit, String sentence) {
    super(sentence);
    this.exit = exit;
  }

  /** Creates an exception for work that failed. */
  public static Trouble failed(String sentence) {
    return new Trouble(ExitCodes.FAILED, sentence);
  }

  /** Creates an exception for a command with a wrong command line. */
  public static Trouble usage(String sentence) {
    return new Trouble(ExitCodes.USAGE, sentence);
  }

  int exit() {
    return exit;
  }
}
