package org.aibridge.ops.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.ops.live.Server;

/**
 * A folder that a bridge keeps, by its name in a backup.
 *
 * @param key the configuration key that names the folder
 * @param path the folder of the server
 */
record Kept(String name, String key, Path path) {
  static final String JOURNAL = "journal";
  static final String LETTERS = "dead-letters";
  static final String ACTIONS = "actions";

  /** Returns the folders of a server's bridge that belong in a backup. */
  static List<Kept> of(Server server) throws IOException {
    BridgeConfig config = server.config();
    return List.of(
        new Kept(JOURNAL, "[journal] path", server.journal()),
        new Kept(
            ACTIONS,
            "[action_executor] ledger_path",
            server.resolve(config.actionExecutor().ledgerPath())),
        new Kept(
            LETTERS, "[event_dispatcher] dlq_path", server.resolve(config.deadLetters().path())));
  }
}
