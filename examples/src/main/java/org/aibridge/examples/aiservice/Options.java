package org.aibridge.examples.aiservice;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the command line asked for.
 *
 * @param port 0 for any free one
 * @param portFile null when not asked for
 */
record Options(int port, Path data, long seed, Path portFile) {
  private static final List<String> NAMES = List.of("--port", "--data", "--seed", "--port-file");

  /**
   * Reads name and value pairs.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  static Options parse(String... args) {
    Map<String, String> given = pairs(args);
    if (!given.containsKey("--data")) {
      throw new IllegalArgumentException("--data DIR is required: the folder of the records.");
    }
    return new Options(
        (int) number(given, "--port", 0, 0, 65_535),
        path(given, "--data"),
        number(given, "--seed", 1, 0, Long.MAX_VALUE),
        given.containsKey("--port-file") ? path(given, "--port-file") : null);
  }

  private static Map<String, String> pairs(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!NAMES.contains(args[i])) {
        throw new IllegalArgumentException(
            "Unknown argument '" + args[i] + "'; known are " + String.join(", ", NAMES) + ".");
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value.");
      }
      if (given.put(args[i], args[i + 1]) != null) {
        throw new IllegalArgumentException(args[i] + " is given twice.");
      }
    }
    return given;
  }

  private static long number(
      Map<String, String> given, String name, long none, long min, long max) {
    String text = given.get(name);
    if (text == null) {
      return none;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the sentence below says it
    }
    throw new IllegalArgumentException(
        name + " must be a number from " + min + " to " + max + ", was '" + text + "'.");
  }

  private static Path path(Map<String, String> given, String name) {
    String text = given.get(name);
    try {
      if (!text.isEmpty()) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      // the sentence below says it
    }
    throw new IllegalArgumentException(name + " must be a path, was '" + text + "'.");
  }
}
