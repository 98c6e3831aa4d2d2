package org.aibridge.core.config;

import java.nio.file.Path;

/**
 * One mistake in a configuration file, in words an operator can act on.
 *
 * <p>No part of a problem ever holds the value of a secret.
 *
 * @param file the file that holds the mistake; that may be an imported file, or {@code in code}
 * @param line the mistake's line, counted from 1; 0 when the whole file is meant
 * @param key the key as it was spelled, {@code [section] name}, {@code ai_sidecar_name} or {@code
 *     set("section.name")}; empty when no key is meant
 * @param given what was written, made printable and cut; empty when it must not be shown
 * @param allowed what may be written instead; empty when the message says it all
 * @param message what is wrong, without the other parts
 */
public record ConfigProblem(
    Path file, int line, String key, String given, String allowed, String message) {

  /** Returns all parts as one line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(Printable.place(file, line)).append(": ");
    if (!key.isEmpty()) {
      text.append(key).append(": ");
    }
    text.append(message);
    if (!given.isEmpty()) {
      text.append(", given \"").append(given).append('"');
    }
    if (!allowed.isEmpty()) {
      text.append("; allowed: ").append(allowed);
    }
    return text.toString();
  }
}
