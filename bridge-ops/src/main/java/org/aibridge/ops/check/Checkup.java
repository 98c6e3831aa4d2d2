package org.aibridge.ops.check;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aibridge.core.config.BridgeConfig;

/**
 * Checks everything that a bridge will need, in the order in which an administrator would.
 *
 * <p>Blocks on files and on the network, within the configured timeouts. Changes nothing but for an
 * event that it is told to send: each file that is written to try a folder is deleted, and a
 * running bridge does not notice. The api key is sent to the AI service and is in no finding.
 */
public final class Checkup {
  private final Path folder;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final Path scripts;
  private final boolean testEvent;
  private final Function<Path, String> server;
  private final Consumer<Finding> findings;

  /**
   * Makes a checkup that hands each finding to {@code findings} as soon as it is made.
   *
   * @param folder the folder in which relative paths of the configuration start
   * @param environment the variables that configuration keys may name
   * @param clock our clock, to compare the AI service's clock with
   * @param scripts the folder of the scripts whose requests are judged; null for none
   * @param testEvent whether the AI service is sent an event
   * @param server names the process of the server with its journal in a folder; empty if none runs
   */
  public Checkup(
      Path folder,
      Map<String, String> environment,
      InstantSource clock,
      Path scripts,
      boolean testEvent,
      Function<Path, String> server,
      Consumer<Finding> findings) {
    this.folder = folder;
    this.environment = environment;
    this.clock = clock;
    this.scripts = scripts;
    this.testEvent = testEvent;
    this.server = server;
    this.findings = findings;
  }

  /** Runs each check that is possible with the configuration in {@code file}. */
  public void run(Path file) {
    Optional<BridgeConfig> config = new ConfigurationCheck(environment, findings).read(file);
    config.ifPresent(read -> new ApiKeyFileCheck(folder, findings).run(file, read));
    findings.accept(
        JvmCheck.run(
            config.map(read -> server.apply(folder.resolve(read.journal().path()).normalize()))));
    config.ifPresent(this::runOnMachineAndService);
  }

  private void runOnMachineAndService(BridgeConfig config) {
    new StorageChecks(folder, findings).run(config);
    new MonitoringCheck(folder, environment, findings).run(config);
    if (config.bridge().enabled()) {
      new ServiceChecks(config, clock, testEvent, findings).run();
      if (config.kafka().isSet()) {
        new BrokersCheck(config, findings).run();
      }
      new AllowedHostsCheck(config, findings).run();
      if (scripts != null) {
        new ScriptsCheck(config, findings).run(folder.resolve(scripts));
      }
    } else {
      findings.accept(
          Finding.skipped(
              "AI service", "not asked, the bridge is switched off ([bridge] enabled = no)"));
    }
  }
}
