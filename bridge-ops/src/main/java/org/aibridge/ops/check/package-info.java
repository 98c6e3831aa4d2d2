/**
 * What {@code ai-bridge check} tries, one thing after the other. Begin with {@link
 * org.aibridge.ops.check.Checkup}.
 */
package org.aibridge.ops.check;
