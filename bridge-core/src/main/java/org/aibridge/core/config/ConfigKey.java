package org.aibridge.core.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * One key that an operator can set.
 *
 * @param section the section in which the key stands, without brackets
 * @param name the key's name within the section
 * @param type how the key's value is read
 * @param unit what a number counts; empty for other types
 * @param min the least number allowed, in {@code unit}; 0 for other types
 * @param max the greatest number allowed, in {@code unit}; 0 for other types
 * @param allowed what may be written, in words
 * @param defaultValue the value when the key is absent, as it would be written
 * @param meaning what the key does, in one sentence
 * @param needsRestart whether a change waits for the next start instead of the next reload
 * @param shown gives the key's value in a configuration as it would be written; null for a value
 *     that is absent or must not be shown
 */
public record ConfigKey(
    String section,
    String name,
    Type type,
    String unit,
    long min,
    long max,
    String allowed,
    String defaultValue,
    String meaning,
    boolean needsRestart,
    Function<BridgeConfig, String> shown) {

  /** The type of a value. */
  public enum Type {
    /** {@code true/false/yes/no/on/off/1/0}, in lower or upper case. */
    YES_NO,
    /** A whole number in decimal digits. */
    NUMBER,
    /** Letters, digits and {@code _ . -}. */
    NAME,
    /** The name of an HTTP header. */
    TOKEN,
    /** One of a few words. */
    CHOICE,
    /** An absolute {@code http} or {@code https} URL. */
    URL,
    /** A path below {@code base_url}; may be empty. */
    URL_PATH,
    /** A folder or file that need not exist. */
    PATH,
    /** A {@link #PATH} that may be empty. */
    OPTIONAL_PATH,
    /** A file that must be readable; may be empty. */
    FILE,
    /** The name of an environment variable; may be empty. */
    VARIABLE,
    /** A value that no message shows; may be empty. */
    SECRET,
    /** Names separated by commas; may be empty. */
    NAMES,
    /** Labels of the script engine, separated by commas; may be empty. */
    LABELS,
    /** Numbers, ranges of numbers and names, separated by commas; may be empty. */
    IDS,
    /** Rules for events, separated by commas; may be empty. */
    FILTERS,
    /** Hosts with or without a port, separated by commas; may be empty. */
    HOSTS,
    /** Ranges of addresses, separated by commas or spaces; may be empty. */
    NETWORKS,
    /** A host and a port; may be empty. */
    ADDRESS,
    /** Hosts with ports, separated by commas; may be empty. */
    ADDRESSES,
    /** The name of a Kafka topic; some keys allow an empty text. */
    TOPIC,
    /** A text of one line; may be empty. */
    WORDS,
    /** A program and its arguments, separated by blanks; may be empty. */
    COMMAND,
    /** An absolute {@code http} or {@code https} URL that no message shows; may be empty. */
    SECRET_URL
  }

  /** The key's name in messages: {@code [section] name}. */
  public String label() {
    return "[" + section + "] " + name;
  }

  /** Returns the line that sets this key to {@code value}; empty if no line can express it. */
  public Optional<String> line(String value) {
    return LineSyntax.written(value).map(written -> (name + " = " + written).strip());
  }

  /** True if section and name are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ConfigKey key && key.section.equals(section) && key.name.equals(name);
  }

  /**
   * Written by hand, because the JVM remembers the types of the last record for which it generated
   * this method, and with them their class loader, on Java 17 for ever.
   */
  @Override
  public int hashCode() {
    return 31 * section.hashCode() + name.hashCode();
  }
}
