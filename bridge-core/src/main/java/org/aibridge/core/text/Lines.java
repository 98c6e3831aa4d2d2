package org.aibridge.core.text;

import java.util.stream.Collectors;

/** Several lines, written by the bridge, for a log; {@link #toString} cleans each line. */
public record Lines(String text) {
  @Override
  public String toString() {
    return text.lines().map(Shown::of).collect(Collectors.joining("\n"));
  }
}
