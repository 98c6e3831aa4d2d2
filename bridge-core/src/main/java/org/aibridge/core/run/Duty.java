package org.aibridge.core.run;

/** A bounded slice of background work. Knows nothing about threads. */
public interface Duty {
  /**
   * Does what is to be done now and returns how much that was; 0 means idle. Never blocks for long.
   */
  int runOnce();
}
