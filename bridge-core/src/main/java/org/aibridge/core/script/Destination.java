package org.aibridge.core.script;

import java.util.List;

/**
 * Where a script's URL leads.
 *
 * @param authority {@code host:port}, or null for what is not an http or https URL
 * @param service whether that is the AI service itself
 */
public record Destination(String authority, boolean service) {
  /** Tells where a URL, or a path of the AI service, leads. Any thread but the game thread. */
  @FunctionalInterface
  public interface Resolver {
    Destination resolve(String url);
  }

  /** Whether {@code allowed} has this host, with this port or without any. */
  boolean isAmong(List<String> allowed) {
    String host = authority.substring(0, authority.lastIndexOf(':'));
    return allowed.contains(authority) || allowed.contains(host);
  }
}
