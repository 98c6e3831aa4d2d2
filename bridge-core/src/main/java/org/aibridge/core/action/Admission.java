package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.text.Sentence;

/** Decides what becomes of an action that is offered for the first time. For the actions thread. */
final class Admission {
  /** At most so many actions wait for an operator. */
  static final int MAX_HELD = 1000;

  /** The longest action that can wait for an operator, in bytes. */
  private static final int MAX_HELD_BYTES = 64 << 10;

  /** What was decided. */
  enum Verdict {
    APPLY,
    HOLD,
    REFUSE
  }

  /**
   * An action that was looked at.
   *
   * @param action null when it was refused, unless only {@code mode = dry_run} did that
   * @param reason why it was refused, else empty
   * @param keepsTo the limits by which it is to be applied, else null
   */
  record Offer(
      Verdict verdict,
      String type,
      int fingerprint,
      Action action,
      String reason,
      BridgeConfig.ActionLimits keepsTo) {

    private static Offer refused(String type, int fingerprint, Action action, String reason) {
      return new Offer(Verdict.REFUSE, type, fingerprint, action, reason, null);
    }
  }

  private final ActionDecoder decoder;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final BridgeClock clock;
  private final ActionRates rates;

  Admission(ActionDecoder decoder, Supplier<BridgeConfig.ActionLimits> limits, BridgeClock clock) {
    this.decoder = decoder;
    this.limits = limits;
    this.clock = clock;
    this.rates = new ActionRates(clock);
  }

  /** Counts rewards that earlier processes let through against the rates of now. */
  void restore(List<ActionLedger.Reward> rewards) {
    rewards.forEach(rates::restore);
  }

  /** Counts {@code offer} against the rates, once the ledger has taken it. */
  void count(Offer offer) {
    if (offer.action() != null) {
      rates.count(offer.action(), limits.get());
    }
  }

  /**
   * Looks at an action as it was offered. Counts nothing: a full disk may yet keep it out.
   *
   * @param held how many actions wait for an operator now
   * @param holdAll whether every action is to wait for one
   */
  Offer look(String id, byte[] json, int offset, int length, int held, boolean holdAll) {
    String type = "";
    int fingerprint = Fingerprint.ofBytes(json, offset, length);
    try {
      JsonNode node = decoder.parse(json, offset, length);
      fingerprint = Fingerprint.ofContent(node);
      type = ActionDecoder.type(node).intern();
      Action action = decoder.decode(id, node, clock.epochMs());
      BridgeConfig.ActionLimits now = limits.get();
      refuse(ActionLimitCheck.refusal(action, now));
      refuse(rates.refusal(action, now));
      if (now.mode() == BridgeConfig.ActionLimits.Mode.DRY_RUN) {
        return Offer.refused(type, fingerprint, action, ActionService.DRY_RUN);
      }
      boolean hold = holdAll || ActionLimitCheck.needsApproval(action, now);
      refuse(hold && held >= MAX_HELD ? "too many actions wait for an operator" : null);
      refuse(
          hold && length > MAX_HELD_BYTES
              ? Sentence.of(
                  "an action of %d bytes cannot wait for an operator, at most %d can",
                  length, MAX_HELD_BYTES)
              : null);
      return hold
          ? new Offer(Verdict.HOLD, type, fingerprint, action, "", null)
          : new Offer(Verdict.APPLY, type, fingerprint, action, "", now);
    } catch (InvalidAction e) {
      return Offer.refused(type, fingerprint, null, e.getMessage());
    }
  }

  /** What becomes of an action of which {@code length} bytes are not the whole. */
  Offer refuseCut(byte[] json, int offset, int length) {
    return Offer.refused(
        "",
        Fingerprint.ofBytes(json, offset, length),
        null,
        Sentence.of("longer than %d bytes, and cut by the end of the answer", length));
  }

  /**
   * Looks again at an action an operator has said yes to: as if it came now, but for the rates.
   *
   * @throws InvalidAction if the limits of today refuse it
   */
  Action again(ActionLedger.Entry entry) throws InvalidAction {
    byte[] json = entry.held.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Action action = decoder.decode(entry.id, decoder.parse(json, 0, json.length), clock.epochMs());
    refuse(ActionLimitCheck.refusal(action, limits.get()));
    return action;
  }

  private static void refuse(String reason) throws InvalidAction {
    if (reason != null) {
      throw new InvalidAction(reason);
    }
  }
}
