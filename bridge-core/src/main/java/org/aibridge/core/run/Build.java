package org.aibridge.core.run;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Tells which build of the bridge this is. Any thread; the first use reads from our jar. */
public final class Build {
  private static final String UNKNOWN = "unknown";
  private static final Properties FACTS = read();

  private Build() {}

  /** Returns the version, as Maven names it. */
  public static String version() {
    return fact("version");
  }

  /**
   * Returns the first letters of the commit it was built from, with {@code -dirty} behind them if
   * something was not committed; "unknown" if it was not built in a clone.
   */
  public static String commit() {
    return fact("commit");
  }

  /** Returns version and commit for people, such as {@code 0.1.0 (02660ee04398)}. */
  public static String words() {
    return version() + " (" + commit() + ")";
  }

  /** Returns a property of the build; {@code unknown} if Maven has not set it, as in an editor. */
  private static String fact(String name) {
    String value = FACTS.getProperty(name, UNKNOWN);
    return value.startsWith("${") ? UNKNOWN : value;
  }

  private static Properties read() {
    Properties facts = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        facts.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      facts.clear(); // If the jar is unreadable, the version is unknown; the bridge starts even so.
    }
    return facts;
  }
}
