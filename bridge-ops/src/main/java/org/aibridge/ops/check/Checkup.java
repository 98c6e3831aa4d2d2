package org.aibridge.ops.check;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;

/**
 * Tries what a bridge will need, in the order in which an administrator would.
 *
 * <p>Blocks on files and on the network, within the configured timeouts. Changes nothing: what it
 * writes to try a folder it deletes, and a bridge that runs does not notice. The api key is sent to
 * the AI service and is in no finding.
 */
public final class Checkup {
  private final Path folder;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final Consumer<Finding> findings;

  /**
   * A checkup that hands each finding to {@code findings} as soon as it is made.
   *
   * @param folder what the paths of the configuration are relative to
   * @param environment for the configuration's keys that name a variable
   * @param clock what the AI service's clock is compared with
   */
  public Checkup(
      Path folder,
      Map<String, String> environment,
      InstantSource clock,
      Consumer<Finding> findings) {
    this.folder = folder;
    this.environment = environment;
    this.clock = clock;
    this.findings = findings;
  }

  /** Checks everything that the configuration in {@code file} allows to check. */
  public void run(Path file) {
    Optional<BridgeConfig> config = new ConfigurationCheck(environment, findings).read(file);
    config.ifPresent(read -> new ApiKeyFileCheck(folder, findings).run(file, read));
    findings.accept(JvmCheck.run());
    config.ifPresent(this::runOnMachineAndService);
  }

  private void runOnMachineAndService(BridgeConfig config) {
    new StorageChecks(folder, findings).run(config);
    if (config.bridge().enabled()) {
      new ServiceChecks(config, clock, findings).run();
      new AllowedHostsCheck(config, findings).run();
    } else {
      findings.accept(
          Finding.skipped(
              "AI service", "not asked, the bridge is switched off ([bridge] enabled = no)"));
    }
  }
}
