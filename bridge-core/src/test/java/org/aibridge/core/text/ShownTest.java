package org.aibridge.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShownTest {
  @Test
  void leavesWhatAPersonSees() {
    assertThat(
            List.of(
                "Prontera, \u00FCber 9000!",
                "\u65E5\u672C\u8A9E \uD55C\uAD6D\uC5B4 \u0E44\u0E17\u0E22",
                "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", // Persian, a joiner in a word
                "\u0915\u094D\u200D\u0937", // Hindi
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67", // a family
                "\uD83D\uDC69\uD83C\uDFFD\u200D\uD83D\uDE80", // an astronaut with a colour
                "\u2764\uFE0F 1\uFE0F\u20E3",
                "\u845B\uDB40\uDD00",
                "e\u0301"))
        .allMatch(Shown::isClean);
  }

  @Test
  void writesEscapesForWhatNobodySees() {
    assertThat(Shown.of("a\n\r\t\u0000\u001B[2J\u007F\u009B"))
        .isEqualTo("a\\u000A\\u000D\\u0009\\u0000\\u001B[2J\\u007F\\u009B");
    assertThat(Shown.of("\u202Ea\u2066\u2028\u2029\uFEFF\u00AD\uE000\u3164\u034F"))
        .isEqualTo("\\u202Ea\\u2066\\u2028\\u2029\\uFEFF\\u00AD\\uE000\\u3164\\u034F");
    assertThat(Shown.of("\uD83D \uDE00 \uDB40\uDC41")).isEqualTo("\\uD83D \\uDE00 \\uDB40\\uDC41");
    assertThat(List.of("gift-1\u200B", "gi\u200Dft", "gi\u200Cft", "a\uFE0F", "\u200D\uD83D\uDE00"))
        .noneMatch(Shown::isClean);
  }

  /** Unicode's names tell; what is punctuation has a shape. */
  @Test
  void knowsEveryFillerJoinerAndSelectorOfTheJdk() {
    assertThat(
            IntStream.rangeClosed(0x80, Character.MAX_CODE_POINT)
                .filter(Character::isDefined)
                .filter(
                    point -> {
                      String name = String.valueOf(Character.getName(point));
                      return name.matches(
                              ".*\\b(FILLER|JOINER|SELECTOR|INVISIBLE|INHERENT|ZERO WIDTH)\\b.*")
                          || name.matches(".*\\b(PATTERN BLANK|NULL NOTEHEAD)\\b.*");
                    })
                .filter(point -> Character.getType(point) != Character.OTHER_PUNCTUATION)
                .filter(point -> !Shown.isUnseen(point))
                .mapToObj(point -> "%X %s".formatted(point, Character.getName(point))))
        .isEmpty();
    assertThat(IntStream.of(0x1D159, 0x16FE4, 0x1BC9D, 0x2D7F, 0x1107F)).allMatch(Shown::isUnseen);
  }

  @Test
  void writesEscapesForEveryBlankButTheUsualOne() {
    assertThat(Shown.of("An na An\u00A0na An\u2002na An\u3000na"))
        .isEqualTo("An na An\\u00A0na An\\u2002na An\\u3000na");
    assertThat(Shown.json("\"\u00A0 \"")).isEqualTo("\"\\u00A0 \"");
    assertThat(
            IntStream.rangeClosed(0x21, Character.MAX_CODE_POINT)
                .filter(point -> Character.isWhitespace(point) || Character.isSpaceChar(point))
                .mapToObj(Character::toString))
        .noneMatch(Shown::isClean);
  }

  @Test
  void tellsApartWhatLooksTheSame() {
    List<String> alike =
        List.of("gift-1", "gift-1\u200B", "gift-1\u200C", "gift-1\uFE00", "gift-1 ");
    assertThat(alike.stream().map(Shown::of).distinct()).hasSize(alike.size());
  }

  @Property(tries = 5000)
  void showsNothingUnseenAndNoMoreThanWasAskedFor(@ForAll String text, @ForAll byte limit) {
    int max = Math.abs(limit);
    String shown = Shown.of(text, max);
    assertThat(shown.length()).isLessThanOrEqualTo(max);
    assertThat(Shown.isClean(Shown.of(text))).isTrue();
    assertThat(shown.codePoints()).noneMatch(point -> point < 0x20 || point == 0x7F);
    assertThat(shown.codePoints())
        .noneMatch(point -> Character.getType(point) == Character.SURROGATE);
  }

  @Test
  void cutsBetweenTwoCharacters() {
    assertThat(Shown.of("abcdefghij", 10)).isEqualTo("abcdefghij");
    assertThat(Shown.of("abcdefghijk", 10)).isEqualTo("abcdefg...");
    assertThat(Shown.of("\uD83D\uDE00".repeat(10), 10)).isEqualTo("\uD83D\uDE00".repeat(3) + "...");
    assertThat(Shown.of("\u0001".repeat(10), 10)).isEqualTo("\\u0001...");
    assertThat(Shown.reason("x".repeat(900_000))).hasSize(200);
  }

  @Test
  void leavesOfAnAddressNothingThatCouldBeASecret() {
    assertThat(Shown.address("https://sso/login?ticket=SECRET&ret=AAAA"))
        .isEqualTo("https://sso/login");
    assertThat(Shown.address("https://me:pw@sso:8443/a/b#t=1")).isEqualTo("https://sso:8443/a/b");
    assertThat(Shown.address("//me@sso;j=1/a")).isEqualTo("//sso");
    assertThat(Shown.address("/login;jsessionid=1?x")).isEqualTo("/login");
    assertThat(Shown.address("https://sso/@me/a")).isEqualTo("https://sso/@me/a");
    assertThat(Shown.address("http://x/\u001B[2J" + "A".repeat(60_000)))
        .hasSize(200)
        .contains("\\u001B");
    assertThat(Shown.address("nowhere")).isEqualTo("nowhere");
  }

  @Test
  void escapesOfJsonEachCharacterThatNobodySees() {
    String all =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(Shown::isUnseen)
            .filter(point -> point >= 0x20)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    String json = Shown.json("{\n \"a\": \"" + all + "\"}");
    assertThat(json.codePoints()).noneMatch(point -> point != '\n' && Shown.isUnseen(point));
    assertThat(json)
        .startsWith("{\n \"a\": \"\\u007F\\u0080")
        .contains("\\u2028", "\\uDB40\\uDC41");
    assertThat(Shown.json("{\"a\":\"\u00FC\"}")).isEqualTo("{\"a\":\"\u00FC\"}");
  }
}
