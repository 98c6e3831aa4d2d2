/**
 * Writes an {@code ai_bridge.conf} of files for older programs. Begin with {@link
 * org.aibridge.ops.convert.ConvertCommand}.
 */
package org.aibridge.ops.convert;
