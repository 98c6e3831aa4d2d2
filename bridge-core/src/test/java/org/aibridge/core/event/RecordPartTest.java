package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.store.SegmentLog;
import org.junit.jupiter.api.Test;

/** What is kept of a record that a later version wrote. */
class RecordPartTest {
  private static JsonNode json(byte[] part) throws Exception {
    ByteSink out = new ByteSink(64);
    new EventJson("s1").writeUnknown(7, new UnsafeBuffer(part), 0, part.length, out);
    return new ObjectMapper().readTree(out.copy());
  }

  @Property(tries = 100)
  void keepsEachByteOfTheRecordInOneOfItsParts(
      @ForAll byte[] record, @ForAll @IntRange(min = 1, max = 40) int count) throws Exception {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      byte[] part = RecordPart.encode(new UnsafeBuffer(record), i, count, 9, -1);
      UnsafeBuffer event = new UnsafeBuffer(part);
      assertThat(EventCodec.isKnown(event, 0)).isFalse();
      assertThat(EventCodec.isWellFormed(event, 0, part.length)).as("in a ring").isFalse();
      assertThat(EventCodec.playerNumber(event, 0)).isEqualTo(RecordPart.PLAYER);
      assertThat(EventCodec.unknown(event, 0))
          .contains("version 9", "part " + (i + 1) + " of the " + count);
      whole.write(json(part).path("payload").path("bytes").binaryValue());
    }
    assertThat(whole.toByteArray()).isEqualTo(record);
  }

  @Test
  void keepsAsMuchAsALetterHasRoomForAndSaysOfHowMuch() throws Exception {
    byte[] part = RecordPart.encode(new UnsafeBuffer(new byte[SegmentLog.MAX_PAYLOAD]), 0, 1, 9, 5);
    JsonNode payload = json(part).path("payload");
    assertThat(payload.path("cut_from").asInt()).isEqualTo(SegmentLog.MAX_PAYLOAD);
    assertThat(payload.path("bytes").asText().length())
        .isLessThan(SegmentLog.MAX_PAYLOAD - 16_384)
        .isGreaterThan(1_400_000);
  }
}
