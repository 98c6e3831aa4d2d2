package org.aibridge.examples.aiservice;

import java.util.List;
import java.util.Locale;

/**
 * What NPCs say to players: small answers, the same to the same question.
 *
 * <p>Pure, and safe for all threads.
 */
final class Chat {
  static final int MAX_NAME = 64;
  static final int MAX_TEXT = 1_000;

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

  /** What {@code npc} says when {@code player} comes near. */
  static String greeting(String npc, String player) {
    return pick(GREETINGS, npc + "\n" + player);
  }

  /** What {@code npc} says to {@code text}; questions are answered, the rest is commented on. */
  static String reply(String npc, String player, String text) {
    boolean question = text.strip().endsWith("?");
    String asked = npc + "\n" + player + "\n" + text.strip().toLowerCase(Locale.ROOT);
    return pick(question ? ANSWERS : REPLIES, asked);
  }

  private static String pick(List<String> choices, String seed) {
    return choices.get(Math.floorMod(seed.hashCode(), choices.size()));
  }
}
