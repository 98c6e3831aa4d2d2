package org.aibridge.core.config;

/**
 * One key of the flat dialect.
 *
 * @param name the key's whole name, {@code ai_sidecar_...}
 * @param target the key that this key sets; null for a key that decides about others or has no
 *     effect
 * @param scale the number of the target's units in one unit of this key
 * @param unit the unit of this key's number; empty for a key that is no number
 * @param note what an operator should know beside the target
 */
record FlatKey(String name, ConfigKey target, long scale, String unit, String note) {
  @Override
  public boolean equals(Object other) {
    return other instanceof FlatKey key && key.name.equals(name);
  }

  /** Written by hand, so that class loaders can be unloaded; see {@link ConfigKey#hashCode}. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
