package org.aibridge.core.event;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.JsonText;
import org.aibridge.api.event.Priority;

/** Events to test with. */
public final class Events {
  private Events() {}

  /** Every kind of event that the contract takes. */
  public static Arbitrary<GameEvent> valid() {
    Arbitrary<Long> number = Arbitraries.longs().between(0, EventCodec.MAX_NUMBER);
    Arbitrary<Long> player =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 0xFFFF_FFFFL),
            Arbitraries.of(0L, 0x8000_0000L, 0xFFFF_FFFFL, GameEvent.NO_PLAYER));
    Arbitrary<String> map =
        Arbitraries.oneOf(
            Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(64),
            Arbitraries.of("prontera", "a\"b\\c", ""),
            Arbitraries.just(null));
    Arbitrary<String> name =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withCharRange('0', '9')
            .withChars('_')
            .ofMinLength(1)
            .ofMaxLength(64);
    Arbitrary<Integer> kind = Arbitraries.integers().between(0, 10);
    Arbitrary<Priority> priority = Arbitraries.of(Priority.class).injectNull(0.5);
    Arbitrary<GameEvent> numbered =
        Combinators.combine(kind, player, map, map, name, json(), number, priority)
            .as((k, p, m, m2, n, j, x, pr) -> make(k, p, m, m2, n, j, x).withPriority(pr).at(x));
    Arbitrary<GameEvent> named =
        Combinators.combine(kind, shortText(), player, map, shortText(), json(), number, priority)
            .as(
                (k, key, p, m, n, j, x, pr) ->
                    makeNamed(k, key, m, n, j, x).withPlayerId(p).withPriority(pr).at(x));
    return Combinators.combine(
            Arbitraries.oneOf(numbered, named),
            shortText().injectNull(0.5),
            Arbitraries.integers(),
            Arbitraries.integers(),
            Arbitraries.integers().injectNull(0.5),
            Arbitraries.of(true, false))
        .as(
            (event, key, x, y, z, place) -> {
              GameEvent keyed = event.playerKey() == null ? event.withPlayerKey(key) : event;
              Position at = z == null ? Position.at(x, y) : Position.at(x, y, z);
              return place ? keyed.at(at) : keyed;
            });
  }

  /** What may be a player's key or the name of a thing. */
  static Arbitrary<String> shortText() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withCharRange(' ', '~').ofMinLength(1).ofMaxLength(64),
        Arbitraries.of(
            "069a79f4-44e9-4726-a5be-fca90e38aaf5",
            "minecraft:zombie",
            "a\"b\\c",
            "é".repeat(32),
            "語".repeat(21),
            "😀".repeat(16)));
  }

  /** JSON objects with all that strings can hold. */
  static Arbitrary<String> json() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withCharRange('\u0000', '\uD7FF')
            .withChars('"', '\\', '\u007f', '\u0001', 'é', '語')
            .ofMaxLength(30);
    Arbitrary<String> astral = Arbitraries.of("\uD83D\uDE00", "", "𝄞x");
    return Combinators.combine(text, text, astral, Arbitraries.longs(), Arbitraries.doubles())
        .as(
            (a, b, c, x, d) ->
                new JsonText()
                    .put(a.matches("[xdb]") ? "" : a, b + c) // No name stands twice.
                    .put("x", x)
                    .put("d", d)
                    .put("b", true)
                    .toString());
  }

  /** The event's bytes. */
  public static UnsafeBuffer encoded(GameEvent event) {
    EventParts parts = EventParts.of(event);
    int length = parts.measure(1 << 20);
    if (length < 0) {
      throw new IllegalArgumentException(event + " is not valid: " + length);
    }
    UnsafeBuffer bytes = new UnsafeBuffer(new byte[length]);
    parts.encode(length, bytes, 0);
    return bytes;
  }

  /** The number a {@link #numbered} event was made with. */
  public static long numberIn(org.agrona.DirectBuffer buffer, int index) {
    return buffer.getLong(index + EventCodec.TIMESTAMP, java.nio.ByteOrder.LITTLE_ENDIAN);
  }

  /** Gives the event at {@code index} a type that no version knows yet. */
  public static void makeUnknown(org.agrona.DirectBuffer buffer, int index) {
    ((org.agrona.MutableDirectBuffer) buffer).putByte(index + EventCodec.TYPE, (byte) 77);
  }

  /** Gives the event at {@code index} a length that does not fit. */
  public static void damage(org.agrona.DirectBuffer buffer, int index) {
    ((org.agrona.MutableDirectBuffer) buffer).putInt(index + EventCodec.TEXT2_LENGTH, 1 << 20);
  }

  /** A custom event that carries {@code number} as its time, and about {@code size} bytes. */
  public static GameEvent numbered(long number, long player, int size) {
    String filler = "x".repeat(size);
    return GameEvent.custom("numbered", player, "prontera", "{\"f\":\"" + filler + "\"}")
        .at(number);
  }

  private static GameEvent make(
      int kind, long p, String map, String map2, String name, String json, long x) {
    long y = EventCodec.MAX_NUMBER - x;
    return switch (kind) {
      case 0 -> GameEvent.playerLogin(p, map);
      case 1 -> GameEvent.playerLogout(p, map);
      case 2 -> GameEvent.npcInteraction(p, map, y);
      case 3 -> GameEvent.monsterKill(p, map, y);
      case 4 -> GameEvent.mvpKill(p, map, y);
      case 5 -> GameEvent.dailyReset();
      case 6 -> GameEvent.mapChange(p, map2, map);
      case 7 -> GameEvent.itemDrop(p, map, y, x);
      case 8 -> GameEvent.questComplete(p, map, y);
      case 9 -> GameEvent.tradeComplete(p, map, y, x);
      default -> GameEvent.custom(name, p, map, json);
    };
  }

  private static GameEvent makeNamed(
      int kind, String key, String map, String name, String json, long x) {
    return switch (kind) {
      case 0 -> GameEvent.playerLogin(key, map);
      case 1 -> GameEvent.playerLogout(key, map);
      case 2 -> GameEvent.npcInteraction(key, map, name);
      case 3 -> GameEvent.monsterKill(key, map, name);
      case 4 -> GameEvent.mvpKill(key, map, name);
      case 5 -> GameEvent.dailyReset().withPlayerKey(key);
      case 6 -> GameEvent.mapChange(key, "from", map);
      case 7 -> GameEvent.itemDrop(key, map, name, x);
      case 8 -> GameEvent.questComplete(key, map, name);
      case 9 -> GameEvent.tradeComplete(key, map, name, x);
      default -> GameEvent.custom("named", key, map, json);
    };
  }
}
