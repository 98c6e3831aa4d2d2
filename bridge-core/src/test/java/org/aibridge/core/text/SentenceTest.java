package org.aibridge.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SentenceTest {
  @Test
  void saysNumbersTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      for (Locale locale :
          List.of(new Locale("ar", "EG"), new Locale("tr", "TR"), Locale.GERMANY)) {
        Locale.setDefault(locale);
        assertThat(Sentence.of("from %d to %,d, %.1f", 1, 10_000, 1.5))
            .isEqualTo("from 1 to 10,000, 1.5");
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void namesTheLocaleThatHasNoLetterForAFile() {
    assertThat(FileNames.problem("\u65E5\u8A8C", "/srv", "ANSI_X3.4-1968"))
        .contains("LC_ALL=C.UTF-8", "ANSI_X3.4-1968");
    assertThat(FileNames.problem("ai.conf", "/srv/\uFFFD", "ANSI_X3.4-1968")).isNotEmpty();
    assertThat(FileNames.problem("ai.conf", "/srv", "ANSI_X3.4-1968")).isEmpty();
    assertThat(FileNames.problem("\u65E5\u8A8C", "/srv", "UTF-8")).isEmpty();
  }
}
