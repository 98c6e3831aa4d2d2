package org.aibridge.core.action;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/** The actions that wait for an operator's yes. For the actions thread. */
final class HeldActions {
  private static final Logger log = Logs.of(HeldActions.class);

  private final ActionLedger ledger;
  private final Admission admission;
  private final InHand inHand;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final BiConsumer<ActionLedger.Entry, String> refuser;
  private final LogThrottle throttle;
  private int count;

  /**
   * @param refuser ends one that is refused after all, with the reason
   */
  HeldActions(
      ActionLedger ledger,
      Admission admission,
      InHand inHand,
      Supplier<BridgeConfig.ActionLimits> limits,
      BiConsumer<ActionLedger.Entry, String> refuser,
      LogThrottle throttle) {
    this.ledger = ledger;
    this.admission = admission;
    this.inHand = inHand;
    this.limits = limits;
    this.refuser = refuser;
    this.throttle = throttle;
    recount();
  }

  /** How many wait. */
  int count() {
    return count;
  }

  /** Counts anew, since the ledger has changed. */
  void recount() {
    count = ledger.held().size();
  }

  void hold(String id, Admission.Offer offer, byte[] json, int offset, int length) {
    String text = new String(json, offset, length, StandardCharsets.UTF_8);
    ledger.hold(id, offer.type(), offer.fingerprint(), text);
    count++;
    throttle.run(
        "held",
        () -> log.info("actions wait for approval: ./ai-bridge actions pending lists them"));
  }

  /**
   * Applies what an operator approved while no server ran, or what had no room then, and ends what
   * has waited for too long.
   *
   * @param busy says why none can be applied now, or nothing
   */
  void look(Supplier<String> busy) {
    long maxMs = limits.get().approveTime().toMillis();
    for (ActionLedger.Entry entry : ledger.held()) {
      String why = "nobody approved it";
      if (entry.approved) {
        why = busy.get().isEmpty() ? approve(entry, "") : "";
      }
      if (!why.isEmpty() && entry.held != null && ledger.heldForMs(entry) > maxMs) {
        refuser.accept(entry, why + " within approve_hours");
      }
    }
    recount();
  }

  /** Has a held action applied; answers why not, or the empty text. */
  String approve(ActionLedger.Entry entry, String busy) {
    if (!busy.isEmpty()) {
      return busy;
    }
    try {
      Admission.Approved again = admission.again(entry);
      if (again.notNow() != null) {
        return "it still waits: " + again.notNow();
      }
      inHand.take(
          entry.id,
          again.action(),
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
