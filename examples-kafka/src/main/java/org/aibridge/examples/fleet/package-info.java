/**
 * The demo on Kafka: a broker, three map-servers, two AI workers, an outage, and the sums at the
 * end. Begin with {@link org.aibridge.examples.fleet.KafkaDemoMain}.
 */
package org.aibridge.examples.fleet;
