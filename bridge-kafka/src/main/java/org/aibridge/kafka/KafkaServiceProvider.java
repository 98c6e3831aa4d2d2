package org.aibridge.kafka;

import java.io.IOException;
import java.util.List;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceCheck;
import org.aibridge.core.service.ServiceProvider;
import org.aibridge.core.service.ServiceSetup;

/** Opens the service over Kafka, where {@code [kafka]} is configured. */
public final class KafkaServiceProvider implements ServiceProvider {
  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public Service open(ServiceSetup setup) throws IOException {
    return KafkaService.open(setup);
  }

  @Override
  public List<ServiceCheck> check(ServiceSetup setup) throws IOException {
    BridgeConfig config = setup.config().get();
    return new KafkaCheck(config, new ClientProperties(config)).run();
  }
}
