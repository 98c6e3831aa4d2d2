package org.aibridge.core.action;

import java.util.function.BooleanSupplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.service.Offered;
import org.slf4j.Logger;

/** Admits the actions that the service offers, each id once. Actions thread only. */
final class ActionAdmission {
  /**
   * The length in bytes above which an action is refused if the answer ends in the middle of it.
   */
  static final int MAX_CUT_BYTES = ActionDecoder.MAX_BYTES;

  private static final Logger log = Logs.of(ActionAdmission.class);

  private final ActionDecoder decoder;
  private final ActionLedger ledger;
  private final AdmissionPolicy admission;
  private final PendingActions pending;
  private final HeldActions held;
  private final ResultReporter reporter;
  private final ActionAudit audit;
  private final ActionStats stats;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final BooleanSupplier hasRoom;

  /**
   * @param hasRoom true if one more new action may be admitted
   */
  ActionAdmission(
      ActionContext context,
      ActionDecoder decoder,
      AdmissionPolicy admission,
      HeldActions held,
      BooleanSupplier hasRoom) {
    this.decoder = decoder;
    this.ledger = context.ledger();
    this.admission = admission;
    this.pending = context.pending();
    this.held = held;
    this.reporter = context.reporter();
    this.audit = context.audit();
    this.stats = context.stats();
    this.clock = context.clock();
    this.throttle = context.throttle();
    this.hasRoom = hasRoom;
  }

  /** Returns the receiver for the actions of one answer. */
  ActionPoller.Taker taker() {
    return new OneAnswer();
  }

  private final class OneAnswer implements ActionPoller.Taker {
    private int fresh;

    /** The time in ms since the epoch when the action entered its log; 0 if not from a log. */
    private long sinceMs;

    @Override
    public int fresh() {
      return fresh;
    }

    @Override
    public boolean onRecord(Offered.Record record) {
      ledger.place().reach(record.position());
      boolean taken = false;
      try {
        sinceMs = record.sinceMs();
        taken = onOffer(record.json(), 0, record.json().length);
      } finally {
        if (!taken) {
          ledger.place().stay();
        }
      }
      return taken;
    }

    @Override
    public void onRecordsEnd(String position) {
      if (position != null) {
        ledger.place().reach(position);
      }
      ledger.place().keep();
    }

    @Override
    public boolean onOffer(byte[] json, int offset, int length) {
      ActionId id = decoder.idOf(json, offset, length);
      LedgerEntry known = id.isUsable() ? ledger.find(id.text()) : null;
      if (reporter.isFull() || known == null && !hasRoom.getAsBoolean()) {
        return false;
      }
      stats.polled++;
      if (!id.isUsable()) {
        refuseUnnamed(id, json, offset, length);
      } else if (known != null) {
        known.hasNumberId = id.isNumber();
        offeredAgain(known, json, offset, length);
      } else {
        fresh++;
        take(id, json, offset, length, sinceMs);
      }
      return true;
    }

    /**
     * Refuses an action that is too long for any answer, which else would block all actions behind
     * it for ever. A shorter cut action is ignored, since the service offers it whole again.
     */
    @Override
    public void onCut(byte[] json, int offset, int length) {
      if (length <= MAX_CUT_BYTES) {
        return;
      }
      ActionId id = decoder.idOf(json, offset, length);
      LedgerEntry known = id.isUsable() ? ledger.find(id.text()) : null;
      if (!id.isUsable() || reporter.isFull() || known == null && !hasRoom.getAsBoolean()) {
        return;
      }
      stats.polled++;
      if (known == null) {
        fresh++;
        AdmissionDecision decision = admission.refuseCut(json, offset, MAX_CUT_BYTES);
        refuse(id, decision);
        audit.taken(id.text(), decision, json, offset, MAX_CUT_BYTES);
      } else {
        stats.duplicates++;
        known.hasNumberId = id.isNumber();
        ledger.offeredAgain(known);
        if (known.hasEnded()) {
          reporter.report(known);
        }
      }
    }
  }

  /** Refuses an action without a usable id; tells the service if the id fits into a result. */
  private void refuseUnnamed(ActionId id, byte[] json, int offset, int length) {
    throttle.run("id", () -> log.warn("an action is refused: {}", id.problem()));
    // The service may treat 4711.0 as 4711, and must not get two results for that id.
    LedgerEntry alike = id.alike().isEmpty() ? null : ledger.find(id.alike());
    if (alike != null) {
      mismatch(alike, json, offset, length);
      return;
    }
    stats.refused++;
    audit.refusedUnnamed(id.problem(), json, offset, length);
    if (!id.text().isEmpty()) {
      reporter.report(LedgerEntry.refused(id, clock.epochMs()));
    }
  }

  private void offeredAgain(LedgerEntry known, byte[] json, int offset, int length) {
    stats.duplicates++;
    boolean same = known.isLost() || isSame(known, json, offset, length);
    ledger.offeredAgain(known);
    if (!same) {
      mismatch(known, json, offset, length);
    } else if (known.hasEnded()) {
      reporter.report(known);
    }
  }

  private void mismatch(LedgerEntry known, byte[] json, int offset, int length) {
    stats.mismatches++;
    throttle.run(
        "mismatch",
        () ->
            log.warn(
                "action {} is offered with another content, which is refused; the first one"
                    + " counts",
                known.id));
    audit.mismatch(known, json, offset, length);
    reporter.reportMismatch(known);
  }

  private boolean isSame(LedgerEntry known, byte[] json, int offset, int length) {
    int bytes = ActionFingerprint.ofBytes(json, offset, length);
    if (bytes == known.sameBytes) {
      return true;
    }
    int content = bytes;
    try {
      content = ActionFingerprint.ofContent(decoder.parse(json, offset, length));
    } catch (InvalidAction e) {
      log.debug("{} is still unreadable", known.id);
    }
    if (content != known.fingerprint) {
      return false;
    }
    known.sameBytes = bytes;
    return true;
  }

  private void take(ActionId id, byte[] json, int offset, int length, long sinceMs) {
    AdmissionPolicy.Offer offer =
        new AdmissionPolicy.Offer(id.text(), json, offset, length, sinceMs);
    AdmissionDecision decision = admission.decide(offer, held.count(), ledger.isShort());
    switch (decision.course()) {
      case APPLY ->
          pending.take(
              id.text(),
              decision.decoded().action(),
              decision.tally(),
              decision.keepsTo(),
              () -> ledger.intend(decision.entry(id), decision.tally()));
      case HOLD -> held.hold(id, decision, json, offset, length);
      case REFUSE -> refuse(id, decision);
    }
    admission.count(decision.tally());
    audit.taken(id.text(), decision, json, offset, length);
  }

  private void refuse(ActionId id, AdmissionDecision decision) {
    LedgerEntry refused = decision.entry(id);
    ledger.refuse(refused, decision.reason());
    stats.refused++;
    throttle.run(
        "refused", () -> log.warn("action {} is refused: {}", id.text(), decision.reason()));
    reporter.report(refused);
  }
}
