package org.aibridge.core.action;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;

/**
 * The configuration of the actions stage; each supplier returns the value in force now.
 *
 * @param service supplies the service's address, for the audit log
 * @param auditFolder the folder of the audit log
 * @param marks the file of {@link ProgressMarks}, or null
 * @param reserveBytes the free disk space that the ledger leaves alone
 * @param synced true if an intent is fsynced before the game thread sees the action
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
   * Returns the settings that follow {@code config}; values that need a restart are read once, now.
   *
   * @param memory a folder of ours in shared memory, or null
   */
  public static ActionSettings of(Supplier<BridgeConfig> config, Path memory) {
    BridgeConfig start = config.get();
    return new ActionSettings(
        () -> config.get().actionExecutor(),
        () -> config.get().actionLimits(),
        () -> config.get().actionsAddress(),
        start.journal().path(),
        ProgressMarks.fileIn(memory),
        (long) start.journal().reserveMb() << 20,
        start.journal().isSynced());
  }
}
