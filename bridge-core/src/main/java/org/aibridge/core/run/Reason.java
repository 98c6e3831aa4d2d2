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
 * Says why something failed, for a person: in the words of the system or of ours, and without the
 * name of a class in front of them. Any thread; no waiting; never throws, whatever the exception of
 * others does when it is asked.
 */
public final class Reason {
  private static final int MAX_CAUSES = 10;
  private static final String OURS = "org.aibridge.";

  /** What the system says of a process, or a machine, without a free file descriptor. */
  public static final String TOO_MANY_FILES = "Too many open files";

  /** Is asked without a descriptor how many there may be; null if nobody has prepared that. */
  private static volatile UnixOperatingSystemMXBean system;

  private Reason() {}

  /**
   * The reason alone, where what failed is named beside it: "too many open files (1,024)" or "No
   * space left on device".
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
   * A sentence that tells what failed as well: the one that {@code e} was made with, or one about
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

  /** A sentence; the one of {@code e} if that tells more than its cause does. */
  public static String cannotBeRead(Path file, IOException e) {
    return e.getCause() != null && e.getMessage() != null
        ? e.getMessage()
        : Sentence.of("%s cannot be read: %s", file, of(e));
  }

  /**
   * What a logger is given beside the words: {@code e}, or null where the system refused something,
   * which no stack trace explains.
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

  /** Whether it says no more than what it was made of. */
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

  /** The JDK's own words for these are just the file. */
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

  /** The same for a person, with how many this process may have. */
  public static String tooManyFiles(String systemsWords) {
    if (systemsWords.contains(TOO_MANY_FILES + " in system")) {
      return "too many open files in the whole system";
    }
    UnixOperatingSystemMXBean unix = system;
    return unix == null
        ? "too many open files"
        : Sentence.of("too many open files (%,d)", unix.getMaxFileDescriptorCount());
  }

  /** Loads what it takes to tell how many files may be open, which takes some itself. */
  public static void prepare() {
    system =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix
            : null;
    tooManyFiles("");
  }
}
