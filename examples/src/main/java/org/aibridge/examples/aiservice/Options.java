package org.aibridge.examples.aiservice;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.FastApi;
import org.aibridge.fakeservice.FieldRules;
import org.aibridge.fakeservice.LoopbackServer;
import org.aibridge.fakeservice.PlainService;

/**
 * What the command line asked for.
 *
 * @param data the folder of the records, or null for one of its own
 * @param port 0 for any free one
 * @param portFile null when not asked for
 * @param rules those of the field's service, or null for one that was written to the protocol
 */
record Options(int port, Path data, long seed, Path portFile, FieldRules rules) {
  private static final List<String> NAMES =
      List.of("--port", "--data", "--seed", "--port-file", "--profile");

  /** The options that only the FastAPI-like service has. */
  private static final List<String> FIELD_NAMES =
      List.of("--api-key", "--per-minute", "--player-id", "--extra", "--without");

  /**
   * Reads name and value pairs.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  static Options parse(String... args) {
    Map<String, String> given = pairs(args);
    return new Options(
        (int) number(given, "--port", 0, 0, 65_535),
        given.containsKey("--data") ? path(given, "--data") : null,
        number(given, "--seed", 1, 0, Long.MAX_VALUE),
        given.containsKey("--port-file") ? path(given, "--port-file") : null,
        rules(given));
  }

  private static FieldRules rules(Map<String, String> given) {
    if (choice(given, "--profile", "bridge", "fastapi") == 0) {
      for (String name : FIELD_NAMES) {
        if (given.containsKey(name)) {
          throw new IllegalArgumentException(name + " needs --profile fastapi.");
        }
      }
      return null;
    }
    String without = given.getOrDefault("--without", "");
    return new FieldRules(
        given.getOrDefault("--api-key", ""),
        (int) number(given, "--per-minute", FieldRules.DEFAULT.perMinute(), 0, 1_000_000),
        FieldRules.PlayerId.values()[choice(given, "--player-id", "number", "int32", "text")],
        choice(given, "--extra", "ignore", "forbid") == 1,
        without.isEmpty() ? Set.of() : Set.of(without.split(",")));
  }

  /** Starts a service for the decisions of {@code brain}, in the form that the options choose. */
  LoopbackServer<Call> serve(Brain brain) throws IOException {
    return rules == null
        ? new LoopbackServer<>(
            port, "ai-service", 0, Call::new, new PlainService(brain, Chat.routes()))
        : new LoopbackServer<>(
            port,
            "ai-service",
            FastApi.IDLE_MS,
            Call::new,
            new FastApi(rules, brain, Chat.routes(), InstantSource.system()));
  }

  private static Map<String, String> pairs(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!NAMES.contains(args[i]) && !FIELD_NAMES.contains(args[i])) {
        throw new IllegalArgumentException(
            "Unknown argument '%s'; known are %s, and with --profile fastapi %s."
                .formatted(args[i], String.join(", ", NAMES), String.join(", ", FIELD_NAMES)));
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

  /** Returns the index of the given word among {@code words}; 0 if none was given. */
  private static int choice(Map<String, String> given, String name, String... words) {
    int index = List.of(words).indexOf(given.getOrDefault(name, words[0]));
    if (index < 0) {
      throw new IllegalArgumentException(
          "%s must be %s, was '%s'.".formatted(name, String.join(" or ", words), given.get(name)));
    }
    return index;
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
      // the exception below reports it
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
      // the exception below reports it
    }
    throw new IllegalArgumentException(name + " must be a path, was '" + text + "'.");
  }
}
