/** The checks of {@code ai-bridge check}. Begin with {@link org.aibridge.ops.check.Checkup}. */
package org.aibridge.ops.check;
