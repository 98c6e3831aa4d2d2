package org.aibridge.torture;

/**
 * A request whose head has reached the service.
 *
 * @param nanos when, by {@link System#nanoTime}
 * @param method the HTTP method
 * @param path the path, without its query
 * @param key the idempotency key, or empty
 * @param apiKey the key in {@code X-API-Key}, or empty
 * @param connection which connection it came over, counted from 1
 */
public record SeenRequest(
    long nanos, String method, String path, String key, String apiKey, int connection) {
  /** True if the request carries events. */
  public boolean isDispatch() {
    return path.equals(ScriptedService.DISPATCH);
  }
}
