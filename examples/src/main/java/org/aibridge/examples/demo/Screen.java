package org.aibridge.examples.demo;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Map;

/** Prints lines for people, with colours and check marks only where they can be shown. */
public final class Screen {
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

  /** Returns a screen on {@code out}; if {@code mayColour} is false, the screen has no colours. */
  public static Screen of(PrintStream out, boolean mayColour, Map<String, String> environment) {
    boolean noColour = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return new Screen(out, mayColour && isTerminal() && !noColour && !dumb, canShowMarks());
  }

  /** True if the console is a terminal; since Java 22, a console may exist without a terminal. */
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

  public void line(String text) {
    out.println(text);
  }

  /** Prints a warning about an expected problem. */
  public void warn(String text) {
    out.println(paint(YELLOW, text));
  }

  public void good(String text) {
    out.println(paint(GREEN, text));
  }

  public void bad(String text) {
    out.println(paint(RED, text));
  }

  public void faint(String text) {
    out.println(paint(FAINT, text));
  }

  public String mark(boolean ok) {
    String sign = ok ? unicode ? "✓" : "ok  " : unicode ? "✗" : "FAIL";
    return paint(ok ? GREEN : RED, sign);
  }

  private String paint(String code, String text) {
    return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
