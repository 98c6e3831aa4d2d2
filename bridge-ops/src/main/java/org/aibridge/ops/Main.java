package org.aibridge.ops;

import java.util.Locale;
import org.aibridge.ops.live.StatusCommand;

/**
 * Where the process of a command begins. The one call that monitors make each minute is answered
 * here, so that no class of picocli is read for it: those cost more than all the rest.
 */
public final class Main {
  private Main() {}

  /** Runs the command line {@code args} and ends this process. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.exit(run(Surroundings.ofProcess(), args));
  }

  /** Runs a command line and returns its exit code. */
  static int run(Surroundings surroundings, String... args) {
    StatusCommand status = StatusCommand.plain(surroundings, args);
    int exit =
        status == null ? AiBridgeCommand.execute(surroundings, args) : run(surroundings, status);
    return Ending.written(surroundings, exit);
  }

  private static int run(Surroundings surroundings, StatusCommand status) {
    Logging.set(false);
    try {
      return status.call();
    } catch (Exception e) {
      return Ending.unexpected(surroundings, e, false);
    }
  }
}
