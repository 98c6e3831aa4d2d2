package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final long NOW = Instant.parse("2026-11-29T03:00:00Z").toEpochMilli();
  private static final long MAX = 3_600_000;
  private static final long DAY = 86_400_000;

  /** Several headers are parted by a stroke; -1 is for what says nothing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "20=20000",
        "0=0",
        "' 20 '=20000",
        "30.5=31000",
        "30.0=30000",
        "30.=30000",
        "0.001=1000",
        "20s=20000",
        "20 S=20000",
        "2.5 sec=3000",
        "20 secs=20000",
        "1 second=1000",
        "20 seconds=20000",
        "20, 20=20000",
        "5,30 , 7=30000",
        "20|1=20000",
        "1|20=20000",
        "1|nonsense|3=3000",
        "nonsense, 4=4000",
        "86400=3600000",
        "99999999999999999999=3600000",
        "999999999999=3600000",
        "99999999999999999999.5s=3600000",
        "-5=-1",
        "+5=5000",
        "''=-1",
        "','=-1",
        "später=-1",
        "1e3=-1",
        "0x10=-1",
        "NaN=-1",
        "Infinity=-1",
        "20m=1200000",
        "20ms=1000",
        "٣٠=-1",
        ".5=-1",
        "30.5.5=-1",
        "2.5 min=150000",
        "1h=3600000",
        "1500ms=2000",
        "20 lightyears=-1",
        "'\"20\"'=20000",
        "20;a=20000",
        "20 (seconds)=20000",
        "1795921220=20000",
        "1795921220000=20000",
        "1795921180=0",
        "1000000000000000=3600000",
        "2030-01-01T00:00:00Z=-1",
        "soon=-1",
        "Sun, 29 Nov 2026 03:00:20 GMT=20000",
        "Sunday, 29-Nov-26 03:00:20 GMT=20000",
        "Sun Nov 29 03:00:20 2026=20000",
        "Sun, 29 Nov 2026 03:00:20 GMT, Sun, 29 Nov 2026 03:00:40 GMT=40000",
        "Sun, 29 Nov 2026 03:00:20 GMT, 30=30000",
        "Mon, 30 Nov 2026 03:00:00 GMT=3600000",
        "Mon, 01 Jan 2001 00:00:00 GMT=0",
        "Sunday, 06-Nov-94 08:49:37 GMT=0",
        "Mon, 99 Foo=-1"
      })
  void isReadAsTheFieldWritesIt(String values, long ms) {
    assertThat(waitMs(null, values.split("\\|", -1))).isEqualTo(ms);
  }

  @Test
  void measuresADateFromTheAnswersOwn() {
    Date theirs = new Date(NOW - DAY);
    assertThat(waitMs(theirs, date(NOW - DAY + 30_000))).isEqualTo(30_000);
    assertThat(waitMs(theirs, "30")).isEqualTo(30_000);
  }

  @Test
  void doesNotBelieveAnAnswersDateThatIsMoreThanADayOff() {
    assertThat(waitMs(new Date(0), date(NOW + 20_000))).isEqualTo(20_000);
    assertThat(waitMs(new Date(Long.MIN_VALUE), date(NOW + 20_000))).isEqualTo(20_000);
    assertThat(waitMs(new Date(Long.MAX_VALUE), date(NOW + 20_000))).isEqualTo(20_000);
    assertThat(waitMs(new Date(0), "20")).isEqualTo(20_000);
  }

  @Test
  void isSilentForNoHourBecauseOneOfTheTwoClocksIsWrong() {
    Date theirs = new Date(NOW + 3 * DAY);
    assertThat(waitMs(theirs, date(NOW + 3 * DAY + 20_000))).isEqualTo(-1);
  }

  /** Anything at all, and what looks much like a header, beside any date. */
  @Property(tries = 2000)
  void anyValueIsAWaitUpToTheLongestOrNone(
      @ForAll("values") @Size(max = 20) List<String> values,
      @ForAll boolean dated,
      @ForAll long sent,
      @ForAll long now) {
    long wait = RetryAfter.waitMs(values, dated ? new Date(sent) : null, now, MAX);
    assertThat(wait).isBetween(-1L, MAX);
  }

  @Provide
  Arbitrary<List<String>> values() {
    Arbitrary<String> likely =
        Arbitraries.strings()
            .withChars("0123456789.,s SunNov:GMT-+eE\u0000\u00e4\ud83d")
            .ofMaxLength(40);
    return Arbitraries.oneOf(Arbitraries.strings().ofMaxLength(300), likely).list();
  }

  private static long waitMs(Date sent, String... values) {
    return RetryAfter.waitMs(List.of(values), sent, NOW, MAX);
  }

  private static String date(long epochMs) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        Instant.ofEpochMilli(epochMs).atOffset(ZoneOffset.UTC));
  }
}
