package org.aibridge.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StrictUtf8Test {
  /** Pieces of good and of bad UTF-8 in any order. */
  @Provide
  Arbitrary<byte[]> pieces() {
    return Arbitraries.of(
            "41",
            "C3A9",
            "E697A5",
            "F09F9880",
            "C181",
            "C0AF",
            "E08080",
            "EDA0BD",
            "EDA0BDEDB880",
            "F4908080",
            "F8",
            "80",
            "C3",
            "E697",
            "F09F98",
            "FF",
            "FE",
            "00")
        .list()
        .ofMaxSize(8)
        .map(all -> java.util.HexFormat.of().parseHex(String.join("", all)));
  }

  @Property(tries = 5000)
  void agreesWithTheJdk(@ForAll("pieces") byte[] bytes) {
    String decoded;
    try {
      decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
    } catch (CharacterCodingException e) {
      decoded = null;
    }
    assertThat(StrictUtf8.is(bytes)).isEqualTo(decoded != null);
    byte[] within = new byte[bytes.length + 2];
    within[0] = (byte) 0xFF;
    System.arraycopy(bytes, 0, within, 1, bytes.length);
    within[bytes.length + 1] = (byte) 0x80;
    assertThat(StrictUtf8.is(within, 1, bytes.length)).isEqualTo(decoded != null);
  }

  @Test
  void refusesOverlongFormsAndSurrogates() {
    assertThat(List.of("C1816E6E", "EDA0BD", "EDA0BDEDB880", "E080AF", "F0808080"))
        .noneMatch(hex -> StrictUtf8.is(java.util.HexFormat.of().parseHex(hex)));
  }
}
