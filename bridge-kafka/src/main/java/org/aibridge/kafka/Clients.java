package org.aibridge.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Makes Kafka's clients, each for one thread; may throw what they do. A simulation has others. */
interface Clients {
  Producer<byte[], byte[]> producer();

  Consumer<byte[], byte[]> consumer();

  Admin admin();
}
