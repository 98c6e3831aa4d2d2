package org.aibridge.core.action;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.text.Shown;

/** Words for the audit log. For the actions thread. */
final class ActionAudit implements AutoCloseable {
  private static final int MAX_WHAT = 1000;

  private final AuditLog log;
  private final Supplier<String> service;

  ActionAudit(ActionSettings settings, BridgeClock clock, LogThrottle throttle) {
    this.log =
        new AuditLog(
            settings.auditFolder(),
            () -> (long) settings.limits().get().auditMb() << 20,
            clock,
            throttle);
    this.service = settings.service();
  }

  AuditLog log() {
    return log;
  }

  /** An action came for the first time. */
  void taken(String id, Admission.Offer offer, byte[] json, int offset, int length) {
    String event =
        switch (offer.verdict()) {
          case APPLY -> "decided";
          case HOLD -> "held";
          case REFUSE -> offer.reason().equals(ActionService.DRY_RUN) ? "dry_run" : "refused";
        };
    ObjectNode line = decided(event, id, offer.type(), json, offset, length);
    if (!offer.reason().isEmpty()) {
      line.put("reason", offer.reason());
    }
    log.write(line);
  }

  /** An action came that has no id to speak of. */
  void refusedUnnamed(byte[] json, int offset, int length) {
    log.write(
        decided("refused", "", "", json, offset, length).put("reason", "no usable action_id"));
  }

  /** A known id came with another content. */
  void mismatch(ActionLedger.Entry known, byte[] json, int offset, int length) {
    log.write(decided("mismatch", known.id, known.type, json, offset, length));
  }

  /** An action that waited for an operator is refused. */
  void refused(ActionLedger.Entry entry, String reason) {
    log.write(log.line("refused", entry.id, entry.type).put("reason", reason));
  }

  /** An action has ended. */
  void ended(ActionTask task, ActionResult.End end, String message, long nanos) {
    ObjectNode line =
        log.line("ended", task.entry.id, task.entry.type)
            .put("outcome", end.name().toLowerCase(Locale.ROOT))
            .put("message", Shown.cut(message, MAX_WHAT))
            .put("where", where(task.action))
            .put("us", nanos / 1000);
    if (task.tick > 0) {
      line.put("tick", task.tick);
    }
    log.write(line);
  }

  void flush() {
    log.flush();
  }

  @Override
  public void close() {
    log.close();
  }

  private ObjectNode decided(
      String event, String id, String type, byte[] json, int offset, int length) {
    String what = new String(json, offset, Math.min(length, 4 * MAX_WHAT), StandardCharsets.UTF_8);
    return log.line(event, id, type)
        .put("by", service.get())
        .put("what", Shown.cut(what, MAX_WHAT));
  }

  private static String where(Action action) {
    ActionTarget target = ActionTarget.of(action);
    return switch (target.kind()) {
      case PLAYER -> "player " + name(target.player());
      case MAP -> "map " + target.map();
      case GLOBAL -> "server";
    };
  }

  private static String name(PlayerRef player) {
    return player.id() != 0 ? Long.toString(player.id()) : player.name();
  }
}
