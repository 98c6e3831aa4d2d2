package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.deadletter.LetterFingerprint;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.ops.text.Csv;
import org.aibridge.ops.text.TimeText;

/** A letter as one row of a list. */
record LetterRow(
    long deadAtMs,
    String eventId,
    String type,
    long player,
    String playerKey,
    String map,
    String reason,
    int status,
    int attempts,
    int replays,
    String state,
    String fingerprint,
    String problem) {

  static final String[] HEADS = {
    "DEAD AT", "EVENT ID", "TYPE", ">PLAYER", "MAP", "REASON", ">REPLAYS", "PROBLEM", "WHAT"
  };

  static LetterRow of(LetterView letter, Mark mark) {
    return new LetterRow(
        letter.deadAtMs(),
        letter.eventId(),
        letter.type(),
        letter.player(),
        letter.playerKey(),
        letter.map(),
        letter.reason().wireName(),
        letter.status(),
        letter.attempts(),
        letter.replayCount(),
        state(mark),
        LetterFingerprint.name(letter.fingerprint()),
        letter.fingerprintText());
  }

  static String state(Mark mark) {
    return switch (mark) {
      case QUEUED -> "queued";
      case PURGED -> "purged";
      case NONE, RELEASED, UNDONE -> "dead";
      default -> "gone";
    };
  }

  Object[] cells() {
    return new Object[] {
      TimeText.of(deadAtMs),
      eventId,
      type,
      playerText(),
      map,
      state.equals("dead") ? reason : reason + " (" + state + ")",
      replays,
      fingerprint,
      problem
    };
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("event_id", eventId).put("dead_at_ms", deadAtMs).put("event_type", type);
    if (player != GameEvent.NO_PLAYER) {
      json.put("player_id", player);
    }
    if (!playerKey.isEmpty()) {
      json.put("player_key", playerKey);
    }
    return json.put("map", map)
        .put("reason", reason)
        .put("status", status)
        .put("attempts", attempts)
        .put("replay_count", replays)
        .put("state", state)
        .put("fingerprint", fingerprint)
        .put("problem", problem);
  }

  void csv(Csv csv) {
    csv.row(
        eventId,
        deadAtMs,
        type,
        player == GameEvent.NO_PLAYER ? "" : player,
        playerKey,
        map,
        reason,
        status,
        attempts,
        replays,
        state,
        fingerprint,
        problem);
  }

  static void csvHead(Csv csv) {
    csv.row(
        "event_id",
        "dead_at_ms",
        "event_type",
        "player_id",
        "player_key",
        "map",
        "reason",
        "status",
        "attempts",
        "replay_count",
        "state",
        "fingerprint",
        "problem");
  }

  private String playerText() {
    return player == GameEvent.NO_PLAYER ? playerKey : Long.toString(player);
  }
}
