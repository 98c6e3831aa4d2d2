package org.aibridge.core;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says in a sentence what an {@link IOException} means; the JDK's own often name just the file. */
final class IoSentence {
  private IoSentence() {}

  static String of(IOException e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return file.getFile() + " " + meaning(file);
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String meaning(FileSystemException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "is a file where a folder is needed";
    }
    if (e instanceof AccessDeniedException) {
      return "cannot be used: permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (e instanceof NotDirectoryException) {
      return "is not a folder";
    }
    return "cannot be used: " + e.getClass().getSimpleName();
  }
}
