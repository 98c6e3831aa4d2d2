package org.aibridge.core;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Catches what is logged while it is open: slf4j-simple writes to the standard error stream. */
public final class ErrorOutput implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream caught = new ByteArrayOutputStream();

  public ErrorOutput() {
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
  }

  /** All that was logged so far. */
  public String text() {
    return caught.toString(StandardCharsets.UTF_8);
  }

  /** The lines logged as errors. */
  public List<String> errors() {
    return text().lines().filter(line -> line.contains(" ERROR ")).toList();
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
