package org.aibridge.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Makes Kafka's clients, each for one thread; may throw what they do. A simulation has others. */
interface Clients extends AutoCloseable {
  Producer<byte[], byte[]> producer();

  Consumer<byte[], byte[]> consumer();

  Admin admin();

  /**
   * Looks whether brokers answer where they should; waits for them.
   *
   * @return true if one does; false also where that cannot be seen, behind TLS
   * @throws BrokerLook.NotKafkaException if something else answers there
   */
  boolean look();

  /** Ends looks under way, and any that comes. Any thread; does not wait. */
  @Override
  void close();
}
