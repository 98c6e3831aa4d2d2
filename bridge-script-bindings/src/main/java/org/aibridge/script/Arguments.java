package org.aibridge.script;

import java.util.List;

/** Checks the arguments of a command against its signature and the contract's limits. */
final class Arguments {
  private Arguments() {}

  /** Returns a sentence on what is wrong with {@code args}; {@code null} if nothing is. */
  static String problem(ScriptCommand command, List<?> args) {
    if (args == null || args.size() != command.signature().length()) {
      return "takes "
          + command.signature().length()
          + " argument(s), was given "
          + (args == null ? 0 : args.size());
    }
    for (int i = 0; i < args.size(); i++) {
      if (!(args.get(i) instanceof CharSequence)) {
        return "argument " + (i + 1) + " must be a text, was " + kindOf(args.get(i));
      }
    }
    return args.isEmpty() ? null : tooLong(args);
  }

  private static String tooLong(List<?> args) {
    CharSequence url = (CharSequence) args.get(0);
    if (url.length() == 0) {
      return "the URL is empty";
    }
    if (url.length() > ScriptCommands.MAX_URL_CHARS) {
      return "the URL has " + url.length() + " characters, at most " + ScriptCommands.MAX_URL_CHARS;
    }
    if (args.size() > 1 && utf8Exceeds((CharSequence) args.get(1), ScriptCommands.MAX_BODY_BYTES)) {
      return "the body is longer than " + ScriptCommands.MAX_BODY_BYTES + " bytes of UTF-8";
    }
    return null;
  }

  /**
   * True if {@code text} takes more than {@code limitBytes} bytes of UTF-8; stops counting there.
   */
  static boolean utf8Exceeds(CharSequence text, int limitBytes) {
    if (text.length() > limitBytes) {
      return true;
    }
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // A surrogate pair takes four bytes in UTF-8, so each of its two halves counts for two bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
      if (bytes > limitBytes) {
        return true;
      }
    }
    return false;
  }

  private static String kindOf(Object value) {
    if (value == null) {
      return "nothing";
    }
    return value instanceof Number ? "a number" : value instanceof Boolean ? "a flag" : "an object";
  }
}
