package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  @Test
  void showsWhatOthersWroteAsText() {
    assertThat(HtmlReport.escape("<script>alert(\"x\")</script>&\u0000\ud83d\ude00"))
        .isEqualTo("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;\uFFFD\ud83d\ude00");
  }

  @Test
  void tellsWhatFailedFirst() {
    Played played =
        new Played(
            List.of(
                new Sight(0, "running", "", 0, 0, 0, 0, 0, 0, 0, 0),
                new Sight(1500, "outage", "it fails", 0, 0, 0, 0, 0, 0, 0, 0),
                new Sight(9000, "running", "", 0, 0, 0, 0, 0, 0, 0, 0)),
            List.of(
                new Request(900, "GET", "/ok", 200, "", "", ""),
                new Request(1200, "POST", "/events", 0, "", "", "")),
            0,
            0,
            List.of(),
            0,
            java.util.Set.of(),
            1000,
            2000,
            0,
            Duration.ZERO,
            0,
            0,
            Ends.NONE);
    assertThat(HtmlReport.firstTrouble(played))
        .isEqualTo(
            "First trouble: at 1.2 s POST /events: no answer. "
                + "The bridge called it outage at 1.5 s: it fails");
  }

  @Test
  void hidesHeadersThatAreSecret() {
    String shown =
        Request.withoutSecrets("X-API-Key: abc\nAuthorization: Bearer abc\nIdempotency-Key: k");
    assertThat(shown).isEqualTo("X-API-Key: ***\nAuthorization: ***\nIdempotency-Key: k");
  }
}
