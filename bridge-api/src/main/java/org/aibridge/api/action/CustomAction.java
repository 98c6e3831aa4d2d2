package org.aibridge.api.action;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An action of a kind the contract does not list.
 *
 * @param body the payload, {@code {}} if the service sent none
 * @param targetPlayerId the number of the player named beside the payload, or 0
 * @param targetPlayerKey the key of the player named beside the payload, or empty
 * @param targetMap the map named beside the payload, or empty
 */
public record CustomAction(
    ActionHeader header,
    CustomPayload body,
    long targetPlayerId,
    String targetPlayerKey,
    String targetMap)
    implements Action {
  /** Refuses {@code null}. */
  public CustomAction {
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(targetPlayerKey, "targetPlayerKey");
    Objects.requireNonNull(targetMap, "targetMap");
  }

  /** Creates an action without a target player; its payload can still name players. */
  public CustomAction(ActionHeader header, String payloadJson) {
    this(header, CustomPayload.of(payloadJson), 0, "", "");
  }

  /** Returns the payload's members; see {@link CustomPayload#values}. */
  public Map<String, @Nullable Object> payload() {
    return body.values();
  }

  /** Returns the payload as JSON text. */
  public String payloadJson() {
    return body.json();
  }

  @Override
  public ActionTarget target() {
    return targetPlayerId != 0 || !targetPlayerKey.isEmpty()
        ? ActionTarget.player(new PlayerRef(targetPlayerId, "", targetPlayerKey))
        : ActionTarget.map(targetMap);
  }
}
