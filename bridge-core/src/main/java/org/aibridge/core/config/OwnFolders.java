package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.files.FolderPermissions;

/** The folders that a configuration names. */
public final class OwnFolders {
  private OwnFolders() {}

  /**
   * Returns the folders that {@code config} names.
   *
   * @param base the folder to which the configuration's paths are relative
   * @param status the folder of the status, whose place follows from the journal's
   */
  public static List<FolderPermissions.Folder> of(BridgeConfig config, Path base, Path status) {
    return List.of(
        folder(ConfigKeys.JOURNAL_PATH, base.resolve(config.journal().path())),
        folder(ConfigKeys.DLQ_PATH, base.resolve(config.deadLetters().path())),
        folder(ConfigKeys.LEDGER_PATH, base.resolve(config.actionExecutor().ledgerPath())),
        new FolderPermissions.Folder(
            "the status of " + ConfigKeys.JOURNAL_PATH.label(),
            status,
            !config.status().group().isEmpty(),
            false));
  }

  private static FolderPermissions.Folder folder(ConfigKey key, Path path) {
    return new FolderPermissions.Folder(key.label(), path, false, true);
  }
}
