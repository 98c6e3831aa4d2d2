package org.aibridge.core.dispatch;

/** When and under which keys a batch was sent, first and last. For the dispatcher's thread. */
final class SendTrail {
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

  /** Whether it was never sent. */
  boolean isEmpty() {
    return lastKey.isEmpty();
  }

  /** Empty before it was sent. */
  String firstKey() {
    return firstKey;
  }

  /** Empty before it was sent. */
  String lastKey() {
    return lastKey;
  }

  /** In milliseconds since 1970; 0 before it was sent. */
  long firstMs() {
    return firstMs;
  }

  /** In milliseconds since 1970; 0 before it was sent. */
  long lastMs() {
    return lastMs;
  }
}
