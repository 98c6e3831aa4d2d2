package org.aibridge.core.run;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.function.Function;
import org.aibridge.core.text.Sentence;

/**
 * Says for a person why something failed, in the system's or our words, without a class name in
 * front. Any thread; never blocks; never throws, even if a foreign exception's methods do.
 */
public final class Reason {
  private static final int MAX_CAUSES = 10;
  private static final String OURS = "org.aibridge.";

  /** The system's message if a process or the machine has no free file descriptor. */
  public static final String TOO_MANY_FILES = "Too many open files";

  /** Tells the descriptor limit without opening a file; null before {@link #prepare}. */
  private static volatile UnixOperatingSystemMXBean system;

  private Reason() {}

  /**
   * Returns the reason alone, for a message that names what failed: "too many open files (1,024)"
   * or "No space left on device".
   */
  public static String of(Throwable e) {
    return told(e, Reason::reason);
  }

  private static String reason(Throwable e) {
    Throwable cause = root(e);
    if (cause instanceof OutOfMemoryError) {
      return "no memory: " + cause.getMessage();
    }
    if (e instanceof LinkageError) {
      return "a class cannot be loaded, and will not be before this process is started again ("
          + (e.getMessage() == null && cause != e ? reason(cause) : e.getMessage())
          + ")";
    }
    String reason = cause instanceof IOException io ? ofFile(io) : "";
    return reason.isEmpty() ? unexpected(e) : reason;
  }

  /**
   * Returns a sentence that also tells what failed: the message of {@code e}, or a sentence about
   * the file that it names.
   */
  public static String sentence(Throwable e) {
    return told(e, Reason::ownSentence);
  }

  private static String told(Throwable e, Function<Throwable, String> words) {
    try {
      return words.apply(e);
    } catch (Throwable speechless) {
      return "unexpected failure (" + e.getClass().getSimpleName() + ")";
    }
  }

  private static String ownSentence(Throwable e) {
    Throwable own = e;
    for (int i = 0; i < MAX_CAUSES && own.getCause() != null && isBare(own); i++) {
      own = own.getCause();
    }
    boolean speaks =
        own instanceof IOException
            || own instanceof UncheckedIOException
            || own.getClass().getName().startsWith(OURS);
    if (!speaks || own.getMessage() == null) {
      return of(own);
    }
    if (own instanceof FileSystemException file && file.getReason() == null) {
      return meaning(file);
    }
    String message = own.getMessage();
    return message.contains(TOO_MANY_FILES)
        ? message.replaceFirst(TOO_MANY_FILES + "( in system)?", tooManyFiles(message))
        : message;
  }

  /**
   * Returns the message of {@code e} if it has a cause, else a sentence with the file and the
   * reason.
   */
  public static String cannotBeRead(Path file, IOException e) {
    return e.getCause() != null && e.getMessage() != null
        ? e.getMessage()
        : Sentence.of("%s cannot be read: %s", file, of(e));
  }

  /**
   * Returns the exception to log beside the words: {@code e}, or null if the system refused
   * something, which no stack trace explains.
   */
  public static Throwable trace(Throwable e) {
    try {
      Throwable cause = root(e);
      boolean ofTheSystem = cause instanceof IOException || cause instanceof OutOfMemoryError;
      return ofTheSystem && !(e instanceof LinkageError) ? null : e;
    } catch (Throwable speechless) {
      return null;
    }
  }

  private static Throwable root(Throwable e) {
    Throwable cause = e;
    for (int i = 0; i < MAX_CAUSES && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** True if the exception's message only repeats its cause. */
  private static boolean isBare(Throwable e) {
    return e.getMessage() == null || e.getMessage().equals(e.getCause().toString());
  }

  private static String unexpected(Throwable e) {
    String message = e.getMessage() == null ? "" : ", " + e.getMessage();
    return "unexpected failure (" + e.getClass().getSimpleName() + message + ")";
  }

  private static String ofFile(IOException e) {
    String text = e.getMessage() == null ? "" : e.getMessage();
    if (e instanceof FileSystemException file) {
      text = file.getReason() == null ? meaning(file) : file.getReason();
    } else if (e instanceof FileNotFoundException && text.endsWith(")")) {
      text = text.substring(text.lastIndexOf('(') + 1, text.length() - 1);
    }
    return text.contains(TOO_MANY_FILES) ? tooManyFiles(text) : text;
  }

  /** Returns what the exception means, since the JDK's message is only the file's name. */
  private static String meaning(FileSystemException e) {
    String what = "cannot be used (" + e.getClass().getSimpleName() + ")";
    if (e instanceof FileAlreadyExistsException) {
      what = "is a file where a folder is needed";
    } else if (e instanceof AccessDeniedException) {
      what = "cannot be used: permission denied";
    } else if (e instanceof NoSuchFileException) {
      what = "does not exist";
    } else if (e instanceof NotDirectoryException) {
      what = "is not a folder";
    }
    return e.getFile() + " " + what;
  }

  /** Returns the system's message in plain words, with this process's limit. */
  public static String tooManyFiles(String systemsWords) {
    if (systemsWords.contains(TOO_MANY_FILES + " in system")) {
      return "too many open files in the whole system";
    }
    UnixOperatingSystemMXBean unix = system;
    return unix == null
        ? "too many open files"
        : Sentence.of("too many open files (%,d)", unix.getMaxFileDescriptorCount());
  }

  /** Loads the classes for {@link #tooManyFiles} early, because loading needs descriptors. */
  public static void prepare() {
    system =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix
            : null;
    tooManyFiles("");
  }
}
