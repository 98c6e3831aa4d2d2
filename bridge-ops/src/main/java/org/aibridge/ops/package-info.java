/**
 * The operator's command line, {@code ai-bridge}. Begin with {@link
 * org.aibridge.ops.AiBridgeCommand}.
 */
package org.aibridge.ops;
