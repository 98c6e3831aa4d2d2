package org.aibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpDateHelperTest {
  private final Locale before = Locale.getDefault();

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(before);
  }

  @Test
  void writesAnEnglishDateWithATwoDigitDayInEveryLocale() {
    Locale.setDefault(Locale.FRANCE);
    HttpDateHelper helper = new HttpDateHelper(() -> Instant.parse("2025-12-02T23:59:58Z"));
    assertThat(helper.httpDate(5)).isEqualTo("Wed, 03 Dec 2025 00:00:03 GMT");
  }
}
