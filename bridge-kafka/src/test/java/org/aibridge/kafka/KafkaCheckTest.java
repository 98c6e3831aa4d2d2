package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.service.ServiceCheck;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaCheckTest {
  /** Clients that no broker answers, since another program has got its port. */
  private static final class Taken implements Clients {
    @Override
    public Admin admin() {
      throw new TimeoutException("away");
    }

    @Override
    public boolean look() {
      throw new BrokerLook.NotKafkaException("it is a web server");
    }

    @Override
    public Producer<byte[], byte[]> producer() {
      throw new AssertionError();
    }

    @Override
    public Consumer<byte[], byte[]> consumer() {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }

  @Test
  void saysWhoHasTheBrokersPortSinceTheClientWasMade(@TempDir Path folder) throws Exception {
    BridgeConfig config = Door.setup(folder, "bootstrap_servers = 127.0.0.1:1\n").config().get();
    assertThat(new KafkaCheck(config, new Taken()).run())
        .containsExactly(ServiceCheck.failure("it is a web server", ""));
  }
}
