/** Formats of times, tables and lines. Begin with {@link org.aibridge.ops.text.Format}. */
package org.aibridge.ops.text;
