/**
 * End-to-end throughput, from the event to the service's acknowledgement, beside other exporters.
 * Begin with {@link org.aibridge.benchmarks.flow.Flow}.
 */
package org.aibridge.benchmarks.flow;
