package org.aibridge.core.text;

import java.nio.charset.Charset;

/**
 * Finds file names with letters that this process's locale lacks, so that it cannot open the files.
 */
public final class FileNames {
  private FileNames() {}

  /**
   * Returns why this process cannot open the file {@code name}: the name or the working directory
   * has letters that file names cannot have here; empty if the file can be opened. A JVM that was
   * started under {@code LANG=C} knows ASCII alone.
   */
  public static String problem(String name) {
    return problem(
        name, System.getProperty("user.dir", ""), System.getProperty("sun.jnu.encoding", "UTF-8"));
  }

  static String problem(String name, String folder, String charset) {
    if (!Charset.isSupported(charset)) {
      return "";
    }
    boolean both = canName(charset, name) && canName(charset, folder);
    return both
        ? ""
        : "its name or its folder's has letters that file names in "
            + charset
            + " have not (LANG=C, or no locale): start with LC_ALL=C.UTF-8";
  }

  private static boolean canName(String charset, String name) {
    return name.indexOf('\uFFFD') < 0 && Charset.forName(charset).newEncoder().canEncode(name);
  }
}
