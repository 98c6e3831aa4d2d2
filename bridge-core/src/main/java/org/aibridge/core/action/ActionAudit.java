package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
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

/**
 * Writes the lines of the audit log. Actions thread only. Each decision, approval and end gets a
 * line; actions that are refused on arrival get as many lines as {@link AuditAllowance} permits.
 */
final class ActionAudit implements AutoCloseable {
  private static final int MAX_WHAT = 1000;

  private final AuditLog log;
  private final Supplier<String> service;
  private final AuditAllowance refusals;

  ActionAudit(ActionSettings settings, BridgeClock clock, LogThrottle throttle) {
    this(
        new AuditLog(
            settings.auditFolder(),
            () -> (long) settings.limits().get().auditMb() << 20,
            clock,
            throttle),
        settings.service(),
        clock);
  }

  /**
   * @param service supplies the service's address
   */
  ActionAudit(AuditLog log, Supplier<String> service, BridgeClock clock) {
    this.log = log;
    this.service = service;
    this.refusals = new AuditAllowance(log::maxBytes, clock);
  }

  /** Logs the decision on an action that came for the first time. */
  void taken(String id, AdmissionDecision decision, byte[] json, int offset, int size) {
    String event =
        switch (decision.course()) {
          case APPLY -> "decided";
          case HOLD -> "held";
          case REFUSE -> decision.reason().equals(AdmissionPolicy.DRY_RUN) ? "dry_run" : "refused";
        };
    boolean refused = decision.course() == AdmissionDecision.Course.REFUSE;
    if (refused && !refusals.take(event)) {
      return;
    }
    ObjectNode line = log.line(event, id, decision.type()).put("by", service.get());
    if (decision.decoded() != null) {
      what(line, ActionKind.shown(decision.decoded().action()));
      changes(line, decision.decoded().changes());
    } else {
      what(line, json, offset, size);
    }
    if (!decision.reason().isEmpty()) {
      line.put("reason", decision.reason());
    }
    int length = log.write(line);
    if (refused) {
      refusals.spend(length);
    }
  }

  /** Logs the refusal of an action without a usable id. */
  void refusedUnnamed(String problem, byte[] json, int offset, int length) {
    if (refusals.take("refused")) {
      ObjectNode line = log.line("refused", "", "").put("by", service.get());
      what(line, json, offset, length);
      refusals.spend(log.write(line.put("reason", problem)));
    }
  }

  /** Logs that a known id was offered again with different content. */
  void mismatch(LedgerEntry known, byte[] json, int offset, int length) {
    if (refusals.take("mismatch")) {
      ObjectNode line = log.line("mismatch", known.id, known.type).put("by", service.get());
      what(line, json, offset, length);
      refusals.spend(log.write(line));
    }
  }

  /** Logs that an action was refused while it waited for an operator. */
  void refused(LedgerEntry entry, String reason) {
    log.write(log.line("refused", entry.id, entry.type).put("reason", reason));
  }

  /** Logs an operator's yes or no; {@code fields} are the values that the handler would receive. */
  void answered(String event, LedgerEntry entry, String operator, JsonNode fields) {
    ObjectNode line = log.line(event, entry.id, entry.type).put("by", operator);
    what(line, fields);
    changes(line, entry.changes);
    log.write(line);
  }

  /** Logs how an action in doubt ended, according to an operator. */
  void settled(LedgerEntry entry, String operator, String message) {
    log.write(
        log.line("settled", entry.id, entry.type).put("by", operator).put("message", message));
  }

  /** Logs that an operator allowed the bridge to apply actions again. */
  void resumed(String operator) {
    log.write(log.line("resumed", "", "").put("by", operator));
  }

  /** Logs that an operator made the bridge read the log of actions from {@code where} on. */
  void readFrom(String operator, String where) {
    log.write(log.line("read_from", "", "").put("by", operator).put("from", where));
  }

  /** Logs the end of an action. */
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
    if (refusals.isDue()) {
      tellUnwritten();
    }
    log.flush();
  }

  @Override
  public void close() {
    tellUnwritten();
    log.close();
  }

  private void tellUnwritten() {
    refusals
        .takeUnwritten()
        .forEach(
            (event, count) ->
                log.write(
                    log.line(event, "", "")
                        .put("count", count)
                        .put("reason", "more than are written one by one")));
  }

  private static void changes(ObjectNode line, String changes) {
    if (!changes.isEmpty()) {
      line.put("changes", changes);
    }
  }

  /** Adds the handler's fields to the line, as text and cut off if they are too long. */
  private static void what(ObjectNode line, JsonNode fields) {
    String text = fields.toString();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes <= AdmissionPolicy.MAX_SHOWN_BYTES) {
      line.set("what", fields);
    } else {
      line.put("what", Shown.cut(text, MAX_WHAT)).put("what_is_cut", true).put("bytes", bytes);
    }
  }

  /** Adds the start of JSON that cannot be parsed, or that differs from the first offer. */
  private static void what(ObjectNode line, byte[] json, int offset, int length) {
    String text = new String(json, offset, Math.min(length, 4 * MAX_WHAT), StandardCharsets.UTF_8);
    String cut = Shown.cut(text, MAX_WHAT);
    line.put("what", cut);
    if (cut.length() < text.length() || length > 4 * MAX_WHAT) {
      line.put("what_is_cut", true).put("bytes", length);
    }
  }

  private static String where(Action action) {
    ActionTarget target = action.target();
    if (target instanceof ActionTarget.OnePlayer one) {
      return "player " + name(one.player());
    }
    return target instanceof ActionTarget.OneMap one ? "map " + one.map() : "server";
  }

  private static String name(PlayerRef player) {
    if (player.id() != 0) {
      return Long.toString(player.id());
    }
    return player.key().isEmpty() ? player.name() : player.key();
  }
}
