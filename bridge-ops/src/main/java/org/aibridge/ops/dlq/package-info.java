/**
 * The commands of {@code ai-bridge dlq}, for work with dead letters. Begin with {@link
 * org.aibridge.ops.dlq.DlqCommand}.
 */
package org.aibridge.ops.dlq;
