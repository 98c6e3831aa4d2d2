package org.aibridge.core.http;

import org.aibridge.api.event.GameEvent;

/** Judges whether scripts may send a request to a URL. Any thread but the game thread. */
public interface ScriptPlaces {
  /**
   * Returns the reason why a script may not ask for {@code url}; empty when it may. The addresses
   * of the URL's host are judged only when a connection is made.
   */
  String problem(String url);

  /**
   * Returns the event that a script posts as {@code json} to where the bridge posts events, as
   * older scripts do; null if the post is none of these.
   */
  GameEvent event(String url, String json);
}
