/**
 * The AI service over Kafka: events out as records, decisions in from a topic of this server's own.
 * Begin with {@link org.aibridge.kafka.KafkaService}. The only module that knows Kafka's client.
 */
package org.aibridge.kafka;
