/**
 * The bridge's numbers for a host's Micrometer registry. Begin with {@link
 * org.aibridge.metrics.BridgeMetrics}.
 */
package org.aibridge.metrics;
