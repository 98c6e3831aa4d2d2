/**
 * {@code ai-bridge dlq}: what operators do with dead letters. Begin with {@link
 * org.aibridge.ops.dlq.DlqCommand}.
 */
package org.aibridge.ops.dlq;
