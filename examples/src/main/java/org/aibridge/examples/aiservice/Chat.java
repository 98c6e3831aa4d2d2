package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.Refusal;
import org.aibridge.fakeservice.Requests;
import org.aibridge.fakeservice.Route;

/**
 * What NPCs say to players: small answers, the same to the same question.
 *
 * <p>Safe for all threads.
 */
final class Chat {
  private static final int MAX_NAME = 64;
  private static final int MAX_TEXT = 1_000;

  private static final List<String> GREETINGS =
      List.of(
          "The road you are on bends sooner than you think.",
          "Porings bring luck on a day like this one.",
          "Somebody you know will knock at your door.",
          "Sell your apples before the market closes.",
          "The castle remembers your name.",
          "A quiet day is worth more than a sword.");

  private static final List<String> REPLIES =
      List.of(
          "Well done.",
          "I have heard worse.",
          "Do that again and they will sing of it.",
          "Ask me again when the moon is up.",
          "Keep it to yourself for now.");

  private static final List<String> ANSWERS =
      List.of(
          "Ten jellopies, and the healer is happy.",
          "Look behind the east gate.",
          "Not today, but soon.",
          "Ask the smith, she owes me one.");

  private Chat() {}

  /** The paths that NPC scripts use. */
  static List<Route> routes() {
    return List.of(
        Route.get("/api/v1/npc/greeting", (call, body) -> greeting(call)),
        Route.post("/api/v1/npc/chat", (call, body) -> chat(body)));
  }

  private static String greeting(Call call) throws Refusal {
    String npc = Requests.text(call, "npc", MAX_NAME);
    String player = Requests.text(call, "player", MAX_NAME);
    return said(npc, player).put("greeting", greeting(npc, player)).toString();
  }

  private static String chat(JsonNode message) throws Refusal {
    String npc = Requests.text(message, "npc", MAX_NAME);
    String player = Requests.text(message, "player", MAX_NAME);
    String text = Requests.text(message, "text", MAX_TEXT);
    return said(npc, player).put("reply", reply(npc, player, text)).toString();
  }

  private static ObjectNode said(String npc, String player) {
    return JsonNodeFactory.instance.objectNode().put("npc", npc).put("player", player);
  }

  /** Returns what {@code npc} says when {@code player} comes near. */
  private static String greeting(String npc, String player) {
    return pick(GREETINGS, npc + "\n" + player);
  }

  /** Returns what {@code npc} says to {@code text}: an answer to a question, else a comment. */
  private static String reply(String npc, String player, String text) {
    boolean question = text.strip().endsWith("?");
    String asked = npc + "\n" + player + "\n" + text.strip().toLowerCase(Locale.ROOT);
    return pick(question ? ANSWERS : REPLIES, asked);
  }

  private static String pick(List<String> choices, String seed) {
    return choices.get(Math.floorMod(seed.hashCode(), choices.size()));
  }
}
