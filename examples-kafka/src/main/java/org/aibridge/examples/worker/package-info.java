/**
 * An AI worker on Kafka, to copy: it knows Kafka's client and JSON, and nothing of the bridge.
 * Begin with {@link org.aibridge.examples.worker.Worker}.
 */
package org.aibridge.examples.worker;
