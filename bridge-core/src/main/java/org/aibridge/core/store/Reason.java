package org.aibridge.core.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in a few words why a call that has to do with a file failed. */
final class Reason {
  private static final int MAX_CAUSES = 10;

  /** How many files this process may have open; empty where that is not told. */
  private static final String LIMIT = limit();

  private Reason() {}

  /** Such as "too many open files (1,024)" or "No space left on device". */
  static String of(Throwable e) {
    Throwable cause = e;
    for (int i = 0; i < MAX_CAUSES && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    String reason = cause instanceof IOException io ? of(io) : "";
    if (reason.isEmpty()) {
      return cause instanceof OutOfMemoryError ? "no memory: " + cause.getMessage() : e.toString();
    }
    return reason;
  }

  /** A sentence; the one of {@code e} if that tells more than its cause does. */
  static String cannotBeRead(Path file, IOException e) {
    return e.getCause() != null && e.getMessage() != null
        ? e.getMessage()
        : "%s cannot be read: %s".formatted(file, of(e));
  }

  private static String of(IOException e) {
    String text = e.getMessage() == null ? "" : e.getMessage();
    if (e instanceof FileSystemException file && file.getReason() != null) {
      text = file.getReason();
    } else if (e instanceof FileNotFoundException && text.endsWith(")")) {
      text = text.substring(text.lastIndexOf('(') + 1, text.length() - 1);
    } else if (e instanceof FileSystemException) {
      text = e.getClass().getSimpleName() + " " + text;
    }
    if (text.contains("Too many open files in system")) {
      return "too many open files in the whole system";
    }
    return text.contains("Too many open files") ? "too many open files" + LIMIT : text;
  }

  private static String limit() {
    try {
      String limits = Files.readString(Path.of("/proc/self/limits"));
      Matcher matcher = Pattern.compile("Max open files +(\\d+)").matcher(limits);
      return matcher.find()
          ? String.format(Locale.ROOT, " (%,d)", Long.parseLong(matcher.group(1)))
          : "";
    } catch (Exception e) {
      return "";
    }
  }
}
