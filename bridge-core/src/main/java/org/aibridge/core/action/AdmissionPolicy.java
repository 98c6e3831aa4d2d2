package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.text.Sentence;

/** Decides about actions that are offered for the first time. Actions thread only. */
final class AdmissionPolicy {
  /** The maximum number of actions that may wait for an operator. */
  static final int MAX_HELD = 1000;

  static final String DRY_RUN = "dry run: it would have been applied (mode = dry_run)";

  /** The longest action that can wait for an operator, in bytes. */
  private static final int MAX_HELD_BYTES = 64 << 10;

  /** The maximum size of the handler's fields as shown to an operator, in bytes. */
  static final int MAX_SHOWN_BYTES = 4 << 10;

  /**
   * An action that an operator approved.
   *
   * @param notNow why the action must wait for its rates; empty if it need not
   */
  record Approved(Action action, Tally tally, String notNow) {}

  /**
   * An action that is offered for the first time.
   *
   * @param sinceMs when it came into the log that has it, in milliseconds since the epoch; 0 if
   *     nobody kept it
   */
  record Offer(String id, byte[] json, int offset, int length, long sinceMs) {}

  private final ActionDecoder decoder;
  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final ActionRates rates;
  private final LongSupplier ledgerMs;
  private final BridgeClock clock;

  /**
   * @param ledgerMs the ledger's time in milliseconds, by which rates count
   */
  AdmissionPolicy(
      ActionDecoder decoder,
      Supplier<BridgeConfig.ActionExecutor> config,
      Supplier<BridgeConfig.ActionLimits> limits,
      ActionRates rates,
      LongSupplier ledgerMs,
      BridgeClock clock) {
    this.decoder = decoder;
    this.config = config;
    this.limits = limits;
    this.rates = rates;
    this.ledgerMs = ledgerMs;
    this.clock = clock;
  }

  /** Counts {@code tally} unless it is null; call once the action is in the ledger. */
  void count(Tally tally) {
    if (tally != null) {
      rates.count(tally, ledgerMs.getAsLong(), limits.get());
    }
  }

  /**
   * Decides about an offered action. Counts nothing, since a full disk may still keep it out.
   *
   * @param held the number of actions that wait for an operator now
   * @param holdAll true if every action is to wait for an operator
   */
  AdmissionDecision decide(Offer offer, int held, boolean holdAll) {
    String type = "";
    int fingerprint = ActionFingerprint.ofBytes(offer.json, offer.offset, offer.length);
    ActionDecoder.Decoded decoded = null;
    try {
      JsonNode node = decoder.parse(offer.json, offer.offset, offer.length);
      fingerprint = ActionFingerprint.ofContent(node);
      type = decoder.type(node).intern();
      long nowMs = clock.epochMs();
      long sinceMs = offer.sinceMs == 0 ? nowMs : Math.min(offer.sinceMs, nowMs);
      decoded = decoder.decode(offer.id, node, sinceMs);
      refuse(tooOld(nowMs - sinceMs));
      Action action = decoded.action();
      BridgeConfig.ActionLimits now = limits.get();
      refuse(ActionLimitCheck.refusal(action, now));
      Tally tally = rates.tally(action, now);
      refuse(rates.refusal(tally, ledgerMs.getAsLong(), now));
      if (now.mode() == BridgeConfig.ActionLimits.Mode.DRY_RUN) {
        return new AdmissionDecision(
            AdmissionDecision.Course.REFUSE, type, fingerprint, decoded, tally, DRY_RUN, null);
      }
      if (holdAll || ActionLimitCheck.needsApproval(action, now)) {
        refuse(held >= MAX_HELD ? "too many actions wait for an operator" : "");
        refuse(tooLong("an action", offer.length, MAX_HELD_BYTES));
        refuse(tooLong("what is shown of an action", shownBytes(action), MAX_SHOWN_BYTES));
        return new AdmissionDecision(
            AdmissionDecision.Course.HOLD, type, fingerprint, decoded, null, "", null);
      }
      return new AdmissionDecision(
          AdmissionDecision.Course.APPLY, type, fingerprint, decoded, tally, "", now);
    } catch (InvalidAction e) {
      return AdmissionDecision.refused(type, fingerprint, decoded, e.getMessage());
    }
  }

  /**
   * Returns why an action of a log is not taken at its age; empty if it is. One that is older than
   * the ledger's memory may have been applied and forgotten.
   */
  private String tooOld(long ageMs) {
    long ttlMs = config.get().actionTtl().toMillis();
    if (ttlMs > 0 && ageMs > ttlMs) {
      return ActionInvoker.stale(ttlMs);
    }
    return ageMs > config.get().memory().toMillis()
        ? "stale: older than action_memory_hours (" + config.get().memory().toHours() + " h)"
        : "";
  }

  private static int shownBytes(Action action) {
    return ActionKind.shown(action).toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String tooLong(String what, int bytes, int most) {
    return bytes > most
        ? Sentence.of(
            "%s that waits for an operator has at most %d bytes, and this has %d",
            what, most, bytes)
        : "";
  }

  /** Refuses an action of which only the first {@code length} bytes arrived. */
  AdmissionDecision refuseCut(byte[] json, int offset, int length) {
    return AdmissionDecision.refused(
        "",
        ActionFingerprint.ofBytes(json, offset, length),
        null,
        Sentence.of("longer than %d bytes, and cut by the end of the answer", length));
  }

  /**
   * Decides again about an action that an operator approved, as if it came now.
   *
   * @throws InvalidAction if the current limits refuse the action, however long it waits
   */
  Approved decideAgain(LedgerEntry entry) throws InvalidAction {
    Action action = decoder.held(entry, clock.epochMs());
    BridgeConfig.ActionLimits now = limits.get();
    refuse(ActionLimitCheck.refusal(action, now));
    Tally tally = rates.tally(action, now);
    return new Approved(action, tally, rates.refusal(tally, ledgerMs.getAsLong(), now));
  }

  /** Returns the current limit that {@code tally}, already counted, exceeds; empty if none. */
  String tooMuchNow(Tally tally, BridgeConfig.ActionLimits now) {
    return tally == null ? "" : rates.refusalOfCounted(tally, ledgerMs.getAsLong(), now);
  }

  private static void refuse(String reason) throws InvalidAction {
    if (!reason.isEmpty()) {
      throw new InvalidAction(reason);
    }
  }
}
