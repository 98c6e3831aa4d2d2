package org.aibridge.examples.demo;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Map;

/** Where lines for people go: colour and check marks only where they can be shown. */
final class Screen {
  private static final String GREEN = "32";
  private static final String RED = "31;1";
  private static final String YELLOW = "33;1";
  private static final String FAINT = "2";

  private final PrintStream out;
  private final boolean colour;
  private final boolean unicode;

  Screen(PrintStream out, boolean colour, boolean unicode) {
    this.out = out;
    this.colour = colour;
    this.unicode = unicode;
  }

  /** The process's own output; {@code live} tells whether it could be a terminal's. */
  static Screen of(PrintStream out, boolean mayColour, Map<String, String> environment) {
    boolean noColour = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return new Screen(out, mayColour && isTerminal() && !noColour && !dumb, canShowMarks());
  }

  /** From Java 22 on a console may exist without a terminal, and knows it. */
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static boolean canShowMarks() {
    String fallback = System.getProperty("native.encoding", "US-ASCII");
    String older = System.getProperty("sun.stdout.encoding", fallback);
    try {
      return Charset.forName(System.getProperty("stdout.encoding", older))
          .newEncoder()
          .canEncode('✓');
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return false;
    }
  }

  void line(String text) {
    out.println(text);
  }

  /** A line about something bad that was to be expected. */
  void warn(String text) {
    out.println(paint(YELLOW, text));
  }

  void good(String text) {
    out.println(paint(GREEN, text));
  }

  void bad(String text) {
    out.println(paint(RED, text));
  }

  void faint(String text) {
    out.println(paint(FAINT, text));
  }

  String mark(boolean ok) {
    String sign = ok ? unicode ? "✓" : "ok  " : unicode ? "✗" : "FAIL";
    return paint(ok ? GREEN : RED, sign);
  }

  private String paint(String code, String text) {
    return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
