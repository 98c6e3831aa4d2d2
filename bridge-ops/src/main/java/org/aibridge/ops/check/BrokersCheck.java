package org.aibridge.ops.check;

import java.io.IOException;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ServiceCheck;
import org.aibridge.core.service.ServiceProviders;
import org.aibridge.core.service.ServiceSetup;

/** Checks the connection to Kafka, if the Kafka module is present. */
final class BrokersCheck {
  private static final String NAME = "kafka";

  private final BridgeConfig config;
  private final Consumer<Finding> findings;

  BrokersCheck(BridgeConfig config, Consumer<Finding> findings) {
    this.config = config;
    this.findings = findings;
  }

  void run() {
    try {
      ServiceSetup setup = new ServiceSetup(() -> config, World.ofJvm(), "check");
      ServiceProviders.check(NAME, setup).forEach(found -> findings.accept(finding(found)));
    } catch (IOException e) {
      findings.accept(Finding.failure(NAME, Reason.sentence(e), ""));
    }
  }

  private static Finding finding(ServiceCheck found) {
    return switch (found.level()) {
      case OK -> Finding.ok(NAME, found.detail());
      case WARNING -> Finding.warning(NAME, found.detail(), found.advice());
      case FAILURE -> Finding.failure(NAME, found.detail(), found.advice());
    };
  }
}
