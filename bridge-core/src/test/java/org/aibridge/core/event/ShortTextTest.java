package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;

/** The JDK's encoder is the judge. */
class ShortTextTest {
  /** Text around each boundary, with halves of characters in it. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "a",
            " ",
            "~",
            "\"",
            "\\",
            "\u007e",
            "\u007f",
            "\u001f",
            "\u0080",
            "\u009f",
            "\u00a0",
            "é",
            "\u07ff",
            "\u0800",
            "語",
            "\ud7ff",
            "\ue000",
            "\uffff",
            "😀",
            "\ud800",
            "\udc00",
            "\udbff\udfff");
    return Arbitraries.oneOf(
        piece.list().ofMaxSize(40).map(pieces -> String.join("", pieces)),
        Arbitraries.strings().ofMaxLength(70),
        Arbitraries.of("x".repeat(64), "x".repeat(65), "é".repeat(32), "é".repeat(33), ""));
  }

  @Property(tries = 5000)
  void agreesWithTheJdk(@ForAll("texts") String text) {
    byte[] expected = utf8(text);
    int bytes = ShortText.measure(text);
    if (expected == null) {
      assertThat(bytes).as(text).isEqualTo(ShortText.BAD);
      return;
    }
    assertThat(bytes).as(text).isEqualTo(expected.length);
    byte[] written = new byte[bytes + 2];
    Arrays.fill(written, (byte) 0x5A);
    assertThat(ShortText.put(new UnsafeBuffer(written), 1, text)).isEqualTo(bytes);
    assertThat(Arrays.copyOfRange(written, 1, bytes + 1)).isEqualTo(expected);
    assertThat(written[0]).isEqualTo((byte) 0x5A);
    assertThat(written[bytes + 1]).isEqualTo((byte) 0x5A);
  }

  /** Returns null for what is no key. */
  private static byte[] utf8(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      boolean good = bytes.hasRemaining() && bytes.remaining() <= 64;
      return good && text.chars().noneMatch(Character::isISOControl)
          ? Arrays.copyOf(bytes.array(), bytes.limit())
          : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
