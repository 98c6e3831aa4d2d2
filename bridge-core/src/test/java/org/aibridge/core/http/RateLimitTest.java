package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import okhttp3.Headers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {
  private static final long NOW_MS = 1_763_600_000_000L;

  private static RateLimit read(String limit, String remaining, String reset) {
    Headers headers =
        new Headers.Builder()
            .addUnsafeNonAscii("X-RateLimit-Limit", limit)
            .addUnsafeNonAscii("X-RateLimit-Remaining", remaining)
            .addUnsafeNonAscii("X-RateLimit-Reset", reset)
            .build();
    return RateLimit.of(headers, NOW_MS);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 99, 42, 100, 99, 42000",
    "100, 99, 1763600042, 100, 99, 42000",
    "100, 99, 1763600042000, 100, 99, 42000",
    "100, 99, 1763599999, 100, 99, -1",
    "100, 200, soon, 100, 100, -1",
    "100, -3, -3, 100, -1, -1",
    "'100, 100;w=60', 60.5, 30.9, 100, 60, 30000",
    "0, 5, 5, 0, -1, -1",
    "-5, 5, 5, 0, -1, -1",
    "1000001, 5, 5, 0, -1, -1",
    "99999999999999999999999, 5, 5, 0, -1, -1",
    "none, 5, 5, 0, -1, -1",
  })
  void readsWhatMakesSense(
      String limit, String remaining, String reset, int isLimit, int isRemaining, long isResetMs) {
    assertThat(read(limit, remaining, reset))
        .isEqualTo(new RateLimit(isLimit, isRemaining, isResetMs));
  }

  @Property
  void takesAnyTextWithoutAnException(
      @ForAll @StringLength(max = 40) String a,
      @ForAll @StringLength(max = 40) String b,
      @ForAll @StringLength(max = 40) String c) {
    RateLimit limit = read(clean(a), clean(b), clean(c));
    assertThat(limit.limit()).isBetween(0, 1_000_000);
    assertThat(limit.remaining()).isBetween(-1, limit.limit());
    assertThat(limit.resetMs()).isGreaterThanOrEqualTo(-1);
  }

  private static String clean(String text) {
    return text.replaceAll("[\\r\\n\\x00]", "");
  }
}
