package org.aibridge.kafka;

import java.util.function.Supplier;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceSetup;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Opens the product's service over Kafka with other clients than Kafka's. */
public final class SimDoor {
  private SimDoor() {}

  /** Opens the service, and starts its threads. */
  public static Service open(
      ServiceSetup setup,
      Supplier<Producer<byte[], byte[]>> producers,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<Admin> admins) {
    return KafkaService.open(
        setup,
        new Clients() {
          @Override
          public Producer<byte[], byte[]> producer() {
            return producers.get();
          }

          @Override
          public Consumer<byte[], byte[]> consumer() {
            return consumers.get();
          }

          @Override
          public Admin admin() {
            return admins.get();
          }

          @Override
          public boolean look() {
            return true;
          }

          @Override
          public void close() {}
        });
  }
}
