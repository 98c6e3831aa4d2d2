package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventJson;
import org.junit.jupiter.api.Test;

/** The records that the C library writes are the events that the AI service gets. */
class RingVectorsTest {
  private final RawEvents raw =
      new RawEvents(new ServerText(Charset.forName("windows-874"), new AtomicLong()));

  private Map<String, String> events() throws Exception {
    Map<String, String> events = new LinkedHashMap<>();
    for (String line : NativeCode.vectors().lines().toList()) {
      String[] parts = line.split(" ");
      if (!parts[1].equals("refused")) {
        UnsafeBuffer record = new UnsafeBuffer(HexFormat.of().parseHex(parts[2]));
        DirectBuffer event = record;
        int length = record.capacity();
        if (Integer.parseInt(parts[1]) == RingLayout.RAW_EVENT) {
          length = raw.convert(record, 0, length);
          event = raw.event();
        }
        assertThat(length).as(line).isPositive();
        assertThat(EventCodec.isWellFormed(event, 0, length)).as(line).isTrue();
        events.put(parts[0], json(event));
      }
    }
    return events;
  }

  private static String json(DirectBuffer event) {
    ByteSink sink = new ByteSink(1024);
    new EventJson("s").write(1, event, 0, sink);
    return new String(sink.copy(), StandardCharsets.UTF_8);
  }

  @Test
  void eachRecordIsItsEvent() throws Exception {
    Map<String, String> events = events();
    assertThat(events).hasSize(12);
    assertThat(events.get("player_login"))
        .contains(
            "\"event_type\":\"player_login\"", "\"player_id\":150000", "\"map\":\"prontera\"");
    assertThat(events.get("player_logout")).contains("\"player_id\":0").doesNotContain("map");
    assertThat(events.get("npc_interaction"))
        .contains("\"player_id\":4294967295", "\"npc_id\":9007199254740991");
    assertThat(events.get("monster_kill"))
        .contains("\"monster_id\":1002", "\"x\":120", "\"y\":-7")
        .doesNotContain("\"z\"");
    assertThat(events.get("mvp_kill"))
        .contains("550e8400-e29b-41d4-a716-446655440000", "\"mvp\":\"Osiris\"", "\"z\":-3");
    assertThat(events.get("daily_reset")).contains("\"priority\":\"low\"");
    assertThat(events.get("map_change"))
        .contains("\"from_map\":\"prontera\"", "\"to_map\":\"geffen\"");
    assertThat(events.get("item_drop")).contains("\"item\":\"ดาบ\"", "\"amount\":3");
    assertThat(events.get("quest_complete")).contains("\"quest_id\":60001");
    assertThat(events.get("trade_complete")).contains("\"zeny\":1000000");
    assertThat(events.get("custom"))
        .contains("{\"word\":\"สวัสดี \\\"x\\\"\",\"level\":-99,\"share\":0.25,\"first\":true}");
    assertThat(events.get("custom_empty")).contains("guild_chat");
  }
}
