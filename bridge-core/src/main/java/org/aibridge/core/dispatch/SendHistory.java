package org.aibridge.core.dispatch;

/**
 * The times at which a batch was first and last sent, and under which keys. Confined to the
 * dispatcher's thread.
 */
final class SendHistory {
  private String firstKey = "";
  private String lastKey = "";
  private long firstMs;
  private long lastMs;

  void sent(String key, long nowMs) {
    if (firstMs == 0) {
      firstMs = nowMs;
      firstKey = key;
    }
    lastMs = nowMs;
    lastKey = key;
  }

  /** True if the batch was never sent. */
  boolean isEmpty() {
    return lastKey.isEmpty();
  }

  /** The key of the first attempt; empty if there was none. */
  String firstKey() {
    return firstKey;
  }

  /** The key of the last attempt; empty if there was none. */
  String lastKey() {
    return lastKey;
  }

  /** The time of the first attempt, in milliseconds since 1970; 0 if there was none. */
  long firstMs() {
    return firstMs;
  }

  /** The time of the last attempt, in milliseconds since 1970; 0 if there was none. */
  long lastMs() {
    return lastMs;
  }
}
