package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SharedMemory;

/**
 * Executes an operator's commands on a ledger that no server owns. Uses files; for one thread.
 *
 * <p>The next server reports the results settled here, and applies the actions approved here.
 */
public final class OfflineLedger implements AutoCloseable {
  private final ActionLedger ledger;
  private final ActionAudit audit;
  private final ActionCommands commands;

  private OfflineLedger(ActionLedger ledger, ActionAudit audit) {
    this.ledger = ledger;
    this.audit = audit;
    this.commands =
        new ActionCommands(
            ledger,
            audit,
            new ActionDecoder(() -> true),
            entry -> {
              ledger.approve(entry);
              return "";
            },
            entry -> {},
            where -> "no server runs that could ask from where; start it first");
  }

  /**
   * Opens the ledger of {@code config}, with its paths relative to {@code base}.
   *
   * @throws IOException if a server owns the folder, or it cannot be used
   */
  public static OfflineLedger open(BridgeConfig config, Path base, World world) throws IOException {
    BridgeClock clock = world.clock();
    Path folder = base.resolve(config.actionExecutor().ledgerPath());
    Path journal = PrivateFiles.ownFolder(base.resolve(config.journal().path()));
    ActionAudit audit =
        new ActionAudit(
            new AuditLog(
                journal,
                () -> (long) config.actionLimits().auditMb() << 20,
                clock,
                new LogThrottle(clock)),
            () -> "",
            clock);
    ActionLedger ledger =
        ActionLedger.open(
            journal,
            folder,
            config.actionExecutor().memory().plus(ActionLedger.AHEAD),
            (long) config.journal().reserveMb() << 20,
            config.journal().isSynced(),
            world,
            ProgressMarks.settler(ProgressMarks.fileIn(SharedMemory.noted(journal).orElse(null))));
    return new OfflineLedger(ledger, audit);
  }

  /**
   * Prepares a ledger that was restored from a backup, before a bridge opens it: each action that
   * the AI service offers then waits for an operator, and what was about to be applied when the
   * backup was made is in doubt. Uses files.
   *
   * @param journal the folder of the journal, which has the ledger's note
   * @param backupMs when the backup was made, in milliseconds since the epoch
   * @throws IOException if a server owns the folder, or it cannot be used
   */
  public static void restored(
      Path journal, Path folder, BridgeConfig config, long backupMs, World world)
      throws IOException {
    PrivateFiles.ownFolder(journal);
    try (ActionLedger ledger =
        ActionLedger.open(
            journal,
            folder,
            config.actionExecutor().memory().plus(ActionLedger.AHEAD),
            (long) config.journal().reserveMb() << 20,
            true,
            world,
            ActionLedger::doubt)) {
      ledger.restored(backupMs);
    }
  }

  /** Executes {@code command} as a running server would, and syncs the ledger. */
  public ObjectNode handle(JsonNode command) throws IOException {
    ObjectNode answer = commands.handle(command);
    ledger.sync();
    return answer;
  }

  @Override
  public void close() {
    audit.close();
    ledger.close();
  }
}
