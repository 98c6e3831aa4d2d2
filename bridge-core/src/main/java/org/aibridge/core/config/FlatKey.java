package org.aibridge.core.config;

/**
 * One key of the flat dialect.
 *
 * @param name its whole name, {@code ai_sidecar_...}
 * @param target the key it sets; null for one that decides about others or has no effect
 * @param scale how many of the target's units one of its own is
 * @param unit its own unit; empty when it is the target's
 * @param note what an operator should know beside the target
 */
record FlatKey(String name, ConfigKey target, long scale, String unit, String note) {
  @Override
  public boolean equals(Object other) {
    return other instanceof FlatKey key && key.name.equals(name);
  }

  /** Written out for the reason {@link ConfigKey#hashCode} gives. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
