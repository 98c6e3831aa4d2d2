package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * Executes an operator's commands on the ledger: lists of actions in doubt and of held actions, and
 * the operator's answers. For the thread that owns the ledger.
 *
 * <p>A command is a JSON object with {@code do}, with {@code id} if the command is about one
 * action, and with {@code by}, the operator's name. The answer has {@code ok}, and {@code problem}
 * or {@code actions} or {@code message}. A repeated command finds nothing left to do and says so.
 */
final class ActionCommands {
  private static final int MAX_LISTED = 1000;

  private final ActionLedger ledger;
  private final ActionAudit audit;
  private final ActionDecoder decoder;
  private final Function<LedgerEntry, String> approver;
  private final java.util.function.Consumer<LedgerEntry> reporter;
  private final Function<ActionSource.Beginning, String> beginner;

  /**
   * @param approver has a held action applied; returns why it cannot, or the empty text
   * @param reporter has the result of an action reported to the service
   * @param beginner has a log of actions read from there; returns why it cannot, or the empty text
   */
  ActionCommands(
      ActionLedger ledger,
      ActionAudit audit,
      ActionDecoder decoder,
      Function<LedgerEntry, String> approver,
      java.util.function.Consumer<LedgerEntry> reporter,
      Function<ActionSource.Beginning, String> beginner) {
    this.ledger = ledger;
    this.audit = audit;
    this.decoder = decoder;
    this.approver = approver;
    this.reporter = reporter;
    this.beginner = beginner;
  }

  ObjectNode handle(JsonNode command) {
    try {
      return switch (command.path("do").asText()) {
        case "in-doubt" -> inDoubt();
        case "pending" -> pending();
        case "resolve" -> resolve(command);
        case "approve" -> approve(command);
        case "deny" -> deny(command);
        case "resume" -> resume(command);
        case "read-from" -> readFrom(command);
        default -> CommandAnswer.problem("there is no command " + command.path("do"));
      };
    } catch (StoreFullException e) {
      return CommandAnswer.problem(e.getMessage());
    } finally {
      audit.flush();
    }
  }

  private ObjectNode inDoubt() {
    ObjectNode answer = done("");
    ArrayNode actions = answer.putArray("actions");
    ledger.doubts().stream()
        .limit(MAX_LISTED)
        .forEach(
            entry ->
                actions
                    .addObject()
                    .put("id", entry.id)
                    .put("type", entry.type)
                    .put("since", Instant.ofEpochMilli(entry.result().atMs()).toString())
                    .put("reported", entry.isReported()));
    return answer;
  }

  private ObjectNode pending() {
    ObjectNode answer = done("");
    ArrayNode actions = answer.putArray("actions");
    ledger.held().stream()
        .limit(MAX_LISTED)
        .forEach(
            entry ->
                actions
                    .addObject()
                    .put("id", entry.id)
                    .put("type", entry.type)
                    .put("waiting_s", ledger.heldForMs(entry) / 1000)
                    .put("approved", entry.state() == LedgerEntry.State.APPROVED)
                    .set("action", fields(entry)));
    return answer;
  }

  /** Returns the fields that the handler would receive, or a text that says why it gets none. */
  private JsonNode fields(LedgerEntry entry) {
    try {
      return ActionKind.shown(decoder.held(entry, 0));
    } catch (InvalidAction e) {
      return TextNode.valueOf("cannot be applied: " + e.getMessage());
    }
  }

  private ObjectNode resolve(JsonNode command) {
    LedgerEntry entry = ledger.find(id(command));
    if (entry == null || !entry.isInDoubt()) {
      return CommandAnswer.problem("action " + shownId(command) + " is not in doubt");
    }
    boolean applied = command.path("applied").asBoolean();
    String message =
        applied ? "the operator found it applied" : "the operator found it was not applied";
    end(entry, applied ? ActionResult.End.APPLIED : ActionResult.End.FAILED, message);
    audit.settled(entry, operator(command), message);
    return done("action " + entry.id + " is settled: " + entry.result().status());
  }

  private ObjectNode approve(JsonNode command) {
    LedgerEntry entry = held(command);
    if (entry == null) {
      return CommandAnswer.problem("action " + shownId(command) + " does not wait for approval");
    }
    if (entry.state() == LedgerEntry.State.APPROVED) {
      return CommandAnswer.problem(
          "action " + entry.id + " is approved, and waits for a server or for room");
    }
    JsonNode what = fields(entry);
    String why = approver.apply(entry);
    if (!why.isEmpty()) {
      return CommandAnswer.problem(why);
    }
    audit.answered("approved", entry, operator(command), what);
    return done("action " + entry.id + " is approved");
  }

  private ObjectNode deny(JsonNode command) {
    LedgerEntry entry = held(command);
    if (entry == null) {
      return CommandAnswer.problem("action " + shownId(command) + " does not wait for approval");
    }
    JsonNode what = fields(entry);
    end(entry, ActionResult.End.REFUSED, "denied by the operator");
    audit.answered("denied", entry, operator(command), what);
    return done("action " + entry.id + " is denied");
  }

  /**
   * Ends the rule by which every new action is held while records are missing; held ones stay held.
   */
  private ObjectNode resume(JsonNode command) {
    if (!ledger.isShort()) {
      return CommandAnswer.problem("no action waits for that");
    }
    try {
      ledger.trust();
    } catch (IOException e) {
      return CommandAnswer.problem("it cannot be written down: " + Reason.sentence(e));
    }
    audit.resumed(operator(command));
    long waiting =
        ledger.held().stream().filter(entry -> entry.state() == LedgerEntry.State.HELD).count();
    return done(
        Sentence.of(
            "actions are applied again; %d still wait: see 'ai-bridge actions pending'", waiting));
  }

  /** Makes the bridge read the log of actions from the place that the operator names. */
  private ObjectNode readFrom(JsonNode command) {
    String where = command.path("where").asText();
    for (ActionSource.Beginning beginning : ActionSource.Beginning.values()) {
      if (beginning.name().equalsIgnoreCase(where)) {
        String problem = beginner.apply(beginning);
        if (!problem.isEmpty()) {
          return CommandAnswer.problem(problem);
        }
        audit.readFrom(operator(command), where);
        return done("actions are read from the " + where + " on");
      }
    }
    return CommandAnswer.problem("actions can be read from 'oldest' or 'newest'");
  }

  private LedgerEntry held(JsonNode command) {
    LedgerEntry entry = ledger.find(id(command));
    return entry == null || !entry.isHeld() ? null : entry;
  }

  private void end(LedgerEntry entry, ActionResult.End end, String message) {
    ledger.end(entry, end, message);
    reporter.accept(entry);
  }

  private static String operator(JsonNode command) {
    return "operator " + Shown.of(command.path("by").asText("unknown"), 64);
  }

  private static String id(JsonNode command) {
    return command.path("id").asText();
  }

  private static String shownId(JsonNode command) {
    return Shown.of(id(command), ActionId.MAX_CHARS);
  }

  private static ObjectNode done(String message) {
    return CommandAnswer.done().put("message", message);
  }
}
