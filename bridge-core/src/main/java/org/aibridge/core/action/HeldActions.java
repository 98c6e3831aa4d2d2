package org.aibridge.core.action;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/** The actions that wait for an operator's approval. Actions thread only. */
final class HeldActions {
  private static final Logger log = Logs.of(HeldActions.class);

  private final ActionLedger ledger;
  private final AdmissionPolicy admission;
  private final PendingActions pending;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final BiConsumer<LedgerEntry, String> refuser;
  private final LogThrottle throttle;
  private int count;

  /**
   * @param refuser ends an action that is refused after all, with the reason
   */
  HeldActions(
      ActionContext context,
      AdmissionPolicy admission,
      Supplier<BridgeConfig.ActionLimits> limits,
      BiConsumer<LedgerEntry, String> refuser) {
    this.ledger = context.ledger();
    this.admission = admission;
    this.pending = context.pending();
    this.limits = limits;
    this.refuser = refuser;
    this.throttle = context.throttle();
    recount();
  }

  /** Returns the number of actions that wait for an operator. */
  int count() {
    return count;
  }

  /** Counts the actions again after a change of the ledger. */
  void recount() {
    count = ledger.held().size();
  }

  void hold(ActionId id, AdmissionDecision decision, byte[] json, int offset, int length) {
    String text = new String(json, offset, length, StandardCharsets.UTF_8);
    ledger.hold(decision.entry(id), text);
    count++;
    throttle.run(
        "held", () -> log.info("actions wait for approval: ai-bridge actions pending lists them"));
  }

  /**
   * Applies actions that an operator approved while no server ran, or that had no room then, and
   * ends actions that have waited for too long.
   *
   * @param busy returns why no action can be applied now, or the empty text
   */
  void look(Supplier<String> busy) {
    for (LedgerEntry entry : ledger.held()) {
      String why = "nobody approved it";
      if (entry.state() == LedgerEntry.State.APPROVED) {
        why = busy.get().isEmpty() ? approve(entry, "") : "";
      }
      if (!why.isEmpty() && entry.isHeld() && isOld(entry)) {
        refuser.accept(entry, why + " within approve_hours");
      }
    }
    recount();
  }

  private boolean isOld(LedgerEntry entry) {
    return ledger.heldForMs(entry) > limits.get().approveTime().toMillis();
  }

  /** Makes the host apply a held action; returns why it cannot, or the empty text. */
  String approve(LedgerEntry entry, String busy) {
    if (!busy.isEmpty()) {
      return busy;
    }
    if (entry.state() == LedgerEntry.State.HELD && isOld(entry)) {
      refuser.accept(entry, "nobody approved it within approve_hours");
      recount();
      return "it is refused: it waited for longer than approve_hours";
    }
    try {
      AdmissionPolicy.Approved again = admission.decideAgain(entry);
      if (!again.notNow().isEmpty()) {
        return "it still waits: " + again.notNow();
      }
      pending.take(
          entry.id,
          again.action(),
          again.tally(),
          null,
          () -> {
            ledger.release(entry, again.tally());
            return entry;
          });
      admission.count(again.tally());
      return "";
    } catch (InvalidAction e) {
      refuser.accept(entry, e.getMessage());
      return "it is refused: " + e.getMessage();
    } finally {
      recount();
    }
  }
}
