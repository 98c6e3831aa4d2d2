package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;

class LetterViewTest {
  @Test
  void tellsTheKeyOfAPlayer() throws Exception {
    LetterView keyed = view("\"player_key\":\"é-1\",\"map\":\"overworld\"");
    assertThat(keyed.playerKey()).isEqualTo("é-1");
    assertThat(keyed.player()).isEqualTo(GameEvent.NO_PLAYER);
    assertThat(keyed.eventId()).isEqualTo("s:1");
    assertThat(keyed.type()).isEqualTo("login");
    assertThat(keyed.map()).isEqualTo("overworld");
    assertThat(keyed.fingerprintText()).isEqualTo("422 no");
    assertThat(keyed.tree().path("event").path("player_key").asText()).isEqualTo("é-1");

    LetterView both = view("\"player_id\":7,\"player_key\":\"k\"");
    assertThat(both.player()).isEqualTo(7);
    assertThat(both.playerKey()).isEqualTo("k");

    LetterView numbered = view("\"player_id\":7");
    assertThat(numbered.player()).isEqualTo(7);
    assertThat(numbered.playerKey()).isEmpty();
    assertThat(numbered.type()).isEqualTo("login");
  }

  @Test
  void keepsTheVersionOfALetterWithoutAKey() {
    assertThat(lastByte("\"player_id\":7")).isEqualTo((byte) 2);
    assertThat(lastByte("\"player_key\":\"k\"")).isEqualTo((byte) 3);
  }

  private static byte lastByte(String fields) {
    byte[] record = LetterRecord.encode(letter(fields), 5);
    return record[record.length - 1];
  }

  private static LetterView view(String fields) {
    byte[] record = LetterRecord.encode(letter(fields), 5);
    LetterView view = new LetterView();
    assertThat(view.wrap(1, record, 0, record.length)).isEqualTo(LetterView.Kind.LETTER);
    return view;
  }

  private static DeadLetter letter(String fields) {
    String json = "{\"event_id\":\"s:1\",\"event_type\":\"login\"," + fields + "}";
    return new DeadLetter(
        "s:1",
        json.getBytes(StandardCharsets.UTF_8),
        DeadLetter.Reason.REFUSED,
        422,
        "no",
        "",
        1,
        1,
        1,
        "b",
        "b",
        0,
        List.of(),
        5);
  }
}
