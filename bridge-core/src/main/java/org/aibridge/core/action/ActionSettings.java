package org.aibridge.core.action;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;

/**
 * What the actions stage is told of the configuration; each supplier answers what is in force now.
 *
 * @param service where the service is, for the audit log
 * @param auditFolder where the audit log lies
 * @param marks where {@link ProgressMarks} lie, or null
 * @param reserveBytes how much free space the ledger leaves alone
 * @param synced whether an intent is synced to the disk before the game thread sees the action
 */
public record ActionSettings(
    Supplier<BridgeConfig.ActionExecutor> executor,
    Supplier<BridgeConfig.ActionLimits> limits,
    Supplier<String> service,
    Path auditFolder,
    Path marks,
    long reserveBytes,
    boolean synced) {

  /**
   * Those of {@code config} as it changes; what needs a restart is taken once, now.
   *
   * @param memory a folder of ours in shared memory, or null
   */
  public static ActionSettings of(Supplier<BridgeConfig> config, Path memory) {
    BridgeConfig start = config.get();
    return new ActionSettings(
        () -> config.get().actionExecutor(),
        () -> config.get().actionLimits(),
        () -> config.get().aiService().address(),
        start.journal().path(),
        ProgressMarks.fileIn(memory),
        (long) start.journal().reserveMb() << 20,
        start.journal().durability() == BridgeConfig.Durability.OS);
  }
}
