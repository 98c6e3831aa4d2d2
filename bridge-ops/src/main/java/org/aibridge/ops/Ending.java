package org.aibridge.ops;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.FileNames;

/** Reports why a command failed, and chooses the exit code of the process. */
final class Ending {
  private Ending() {}

  /** Prints a command's failure as one sentence, and returns the exit code. */
  static int unexpected(Surroundings surroundings, Exception failure, boolean verbose) {
    if (failure instanceof Trouble trouble) {
      surroundings.complain(trouble.getMessage());
      return trouble.exit();
    }
    if (failure instanceof InvalidPathException name) {
      surroundings.complain(name.getInput() + ": " + FileNames.problem(name.getInput()));
      return ExitCodes.USAGE;
    }
    if (failure instanceof IOException io) {
      surroundings.complain(sentence(io));
      return ExitCodes.FAILED;
    }
    surroundings.complain(Reason.of(failure));
    if (verbose) {
      failure.printStackTrace(surroundings.err());
    }
    return ExitCodes.FAILED;
  }

  /**
   * Writes what is not written yet, and returns the exit code of a command that wanted to end with
   * {@code exit}.
   */
  static int written(Surroundings surroundings, int exit) {
    int code = surroundings.out().checkError() ? unwritten(surroundings, exit) : exit;
    surroundings.err().flush();
    return code;
  }

  /**
   * Reports a failed write, and returns the exit code; a pipe that its reader closed is no failure.
   */
  private static int unwritten(Surroundings surroundings, int exit) {
    String why = surroundings.outProblem().get();
    if (why.contains("Broken pipe")) {
      return ExitCodes.UNREAD;
    }
    surroundings.complain("the output could not be written" + (why.isEmpty() ? "" : ": " + why));
    return exit == ExitCodes.USAGE ? exit : ExitCodes.FAILED;
  }

  private static String sentence(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      String who = System.getProperty("user.name");
      return failure.getMessage() + " is not permitted to the user " + who;
    }
    if (failure instanceof NoSuchFileException) {
      String why = FileNames.problem(failure.getMessage());
      return failure.getMessage() + " is not there" + (why.isEmpty() ? "" : ": " + why);
    }
    if (failure instanceof CharacterCodingException) {
      return "what was read is not text as this console writes it: start with LC_ALL=C.UTF-8";
    }
    return Reason.sentence(failure);
  }
}
