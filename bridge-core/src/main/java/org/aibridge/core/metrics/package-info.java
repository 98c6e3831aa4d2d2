/**
 * The metrics of a bridge: which numbers of its status monitoring programs get, under which names,
 * and the text in which Prometheus reads them. Begin with {@link
 * org.aibridge.core.metrics.Metrics}.
 */
package org.aibridge.core.metrics;
