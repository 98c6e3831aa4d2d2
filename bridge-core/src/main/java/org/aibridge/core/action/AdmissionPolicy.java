package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.text.Sentence;

/** Decides what becomes of an action that is offered for the first time. For the actions thread. */
final class AdmissionPolicy {
  /** At most so many actions wait for an operator. */
  static final int MAX_HELD = 1000;

  /** The longest action that can wait for an operator, in bytes. */
  private static final int MAX_HELD_BYTES = 64 << 10;

  /** The most that is shown to an operator of what a handler would be given, in bytes. */
  static final int MAX_SHOWN_BYTES = 4 << 10;

  /**
   * An action that an operator has said yes to.
   *
   * @param notNow why it has to wait for its rates, or null
   */
  record Approved(Action action, Tally tally, String notNow) {}

  private final ActionDecoder decoder;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final ActionRates rates;
  private final LongSupplier ledgerMs;
  private final BridgeClock clock;

  /**
   * @param ledgerMs the ledger's time, by which rates are counted
   */
  AdmissionPolicy(
      ActionDecoder decoder,
      Supplier<BridgeConfig.ActionLimits> limits,
      ActionRates rates,
      LongSupplier ledgerMs,
      BridgeClock clock) {
    this.decoder = decoder;
    this.limits = limits;
    this.rates = rates;
    this.ledgerMs = ledgerMs;
    this.clock = clock;
  }

  /** Counts {@code tally} against the rates, once the ledger has it; null counts nothing. */
  void count(Tally tally) {
    if (tally != null) {
      rates.count(tally, ledgerMs.getAsLong(), limits.get());
    }
  }

  /**
   * Decides about an action as it was offered. Counts nothing: a full disk may yet keep it out.
   *
   * @param held how many actions wait for an operator now
   * @param holdAll whether every action is to wait for one
   */
  Decision decide(String id, byte[] json, int offset, int length, int held, boolean holdAll) {
    String type = "";
    int fingerprint = ActionFingerprint.ofBytes(json, offset, length);
    Action action = null;
    try {
      JsonNode node = decoder.parse(json, offset, length);
      fingerprint = ActionFingerprint.ofContent(node);
      type = ActionDecoder.type(node).intern();
      action = decoder.decode(id, node, clock.epochMs());
      BridgeConfig.ActionLimits now = limits.get();
      refuse(ActionLimitCheck.refusal(action, now));
      Tally tally = rates.tally(action, now);
      refuse(rates.refusal(tally, ledgerMs.getAsLong(), now));
      if (now.mode() == BridgeConfig.ActionLimits.Mode.DRY_RUN) {
        return new Decision(
            Decision.Course.REFUSE, type, fingerprint, action, tally, ActionService.DRY_RUN, null);
      }
      if (holdAll || ActionLimitCheck.needsApproval(action, now)) {
        refuse(held >= MAX_HELD ? "too many actions wait for an operator" : null);
        refuse(tooLong("an action", length, MAX_HELD_BYTES));
        refuse(tooLong("what is shown of an action", shownBytes(action), MAX_SHOWN_BYTES));
        return new Decision(Decision.Course.HOLD, type, fingerprint, action, null, "", null);
      }
      return new Decision(Decision.Course.APPLY, type, fingerprint, action, tally, "", now);
    } catch (InvalidAction e) {
      return Decision.refused(type, fingerprint, action, e.getMessage());
    }
  }

  private static int shownBytes(Action action) {
    return ActionKind.shown(action).toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String tooLong(String what, int bytes, int most) {
    return bytes > most
        ? Sentence.of(
            "%s that waits for an operator has at most %d bytes, and this has %d",
            what, most, bytes)
        : null;
  }

  /** What becomes of an action of which {@code length} bytes are not the whole. */
  Decision refuseCut(byte[] json, int offset, int length) {
    return Decision.refused(
        "",
        ActionFingerprint.ofBytes(json, offset, length),
        null,
        Sentence.of("longer than %d bytes, and cut by the end of the answer", length));
  }

  /**
   * Decides again about an action an operator has said yes to: as if it came now.
   *
   * @throws InvalidAction if the limits of today refuse it, whenever it came
   */
  Approved decideAgain(LedgerEntry entry) throws InvalidAction {
    Action action = decoder.held(entry, clock.epochMs());
    BridgeConfig.ActionLimits now = limits.get();
    refuse(ActionLimitCheck.refusal(action, now));
    Tally tally = rates.tally(action, now);
    return new Approved(action, tally, rates.refusal(tally, ledgerMs.getAsLong(), now));
  }

  /** Why what was counted already, as {@code tally}, is more than {@code now} allows, or null. */
  String tooMuchNow(Tally tally, BridgeConfig.ActionLimits now) {
    return tally == null ? null : rates.refusalOfCounted(tally, ledgerMs.getAsLong(), now);
  }

  private static void refuse(String reason) throws InvalidAction {
    if (reason != null) {
      throw new InvalidAction(reason);
    }
  }
}
