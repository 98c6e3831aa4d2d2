package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.aibridge.core.config.ActionType.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a game may take for one name counts as one. */
final class SubjectNameTest {
  private static String named(String name) {
    return SubjectName.named(Subject.PLAYER, name).name();
  }

  @Test
  void keepsAKeyApartFromANameAndANumber() {
    SubjectName key = SubjectName.keyed("777");
    assertThat(SubjectName.parse(key.toString())).contains(key);
    assertThat(key)
        .isEqualTo(SubjectName.keyed(" 777"))
        .isNotEqualTo(SubjectName.numbered(Subject.PLAYER, 777))
        .isNotEqualTo(SubjectName.named(Subject.PLAYER, "777"))
        .isNotEqualTo(SubjectName.named(Subject.PLAYER, "KEY777"));
  }

  @ParameterizedTest
  @CsvSource({
    "Anna, ANNA",
    "Anna, ' Anna '",
    "Anna, '\u00A0Anna\u3000'",
    "Anna, '\u2003\u2003Anna'",
    "Anna, '\uFF21\uFF4E\uFF4E\uFF41'",
    "Anna, '\uD835\uDC00nna'",
    "Anna, 'An\u200Bna'",
    "Anna, 'An\u00ADna'",
    "Anna, '\u202EAnna'",
    "Anna, 'Anna\uFE0F'",
    "\u00E9, 'e\u0301'",
    "stra\u00DFe, STRASSE",
    "\u03C3, '\u03C2'",
    "i, \u0131",
    "fi, \uFB01",
    "\u212A, k",
    "a b, 'a \u2003 b'",
    "'#7', '\uFF037'"
  })
  void countsAsOne(String one, String other) {
    assertThat(named(other)).isEqualTo(named(one));
  }

  @Property(tries = 1000)
  void isTheSameInAnyNormalFormAndCaseAndReadsAgain(@ForAll @StringLength(max = 40) String name) {
    SubjectName counted = SubjectName.named(Subject.NPC, name);
    assertThat(SubjectName.parse(counted.toString())).contains(counted);
    for (Normalizer.Form form : Normalizer.Form.values()) {
      assertThat(SubjectName.named(Subject.NPC, Normalizer.normalize(name, form)))
          .isEqualTo(counted);
    }
    assertThat(SubjectName.named(Subject.NPC, " " + name + "\u3000")).isEqualTo(counted);
    assertThat(SubjectName.named(Subject.NPC, counted.name())).isEqualTo(counted);
  }

  @ParameterizedTest
  @CsvSource({"777", "#777", "ID777", "id777", "\uFF037\uFF177"})
  void isNoNumberThoughItsNameLooksLikeOne(String name) {
    assertThat(SubjectName.named(Subject.PLAYER, name))
        .isNotEqualTo(SubjectName.numbered(Subject.PLAYER, 777));
  }

  @ParameterizedTest
  @CsvSource({
    "103, 103",
    "\uFF11\uFF10\uFF13, 103",
    "\u0661\u0660\u0663, 103",
    "\uD835\uDFCF\uD835\uDFCE\uD835\uDFD1, 103",
    "+103, 103",
    "00000000000000000000103, 103",
    "' 103\u3000', 103",
    "4294967399, 103",
    "0, 0",
    "1 03, 0",
    "10.3, 0",
    "one, 0",
    "1e3, 0"
  })
  void readsTheNumberThatAHandlerMayRead(String text, long number) {
    assertThat(SubjectName.number(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({"5", "05", "+5", "\u0665"})
  void takesAMapsNumberInAnyDigits(String map) {
    assertThat(SubjectName.named(Subject.MAP, map).name()).isEqualTo("5");
  }

  @ParameterizedTest
  @CsvSource({"prontera.gat", "PRONTERA", "' prontera'", "prontera.GAT"})
  void takesTheFileOfAMapForTheMap(String map) {
    assertThat(SubjectName.named(Subject.MAP, map).name()).isEqualTo("prontera");
  }
}
