package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventJson;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in the charsets of game clients: whatever bytes they are, each event arrives. */
@Tag("slow")
class CharsetsTest {
  private static final int EVENTS = 4000;
  private static List<String> records;

  @TempDir static Path folder;

  @BeforeAll
  static void publishAtRandom() throws Exception {
    Needs.program("gcc", "gcc");
    Path program =
        NativeCode.compile(
            folder.resolve("random"),
            "gcc -std=gnu11 -O2",
            List.of("src/ai_bridge.c", "test/random.c"));
    records =
        NativeCode.run(
                List.of(
                    program.toString(),
                    folder.resolve("place").toString(),
                    "20261129",
                    Integer.toString(EVENTS)))
            .lines()
            .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "windows-874",
        "EUC-KR",
        "x-windows-949",
        "GBK",
        "GB18030",
        "Big5",
        "windows-1252",
        "Shift_JIS",
        "windows-31j",
        "UTF-8"
      })
  void whatTheLibraryHasAcceptedIsAnEvent(String name) {
    RawEvents raw = new RawEvents(new ServerText(ServerText.charset(name), new AtomicLong()));
    assertThat(records).hasSize(EVENTS);
    for (String line : records) {
      String[] parts = line.split(" ");
      UnsafeBuffer record = new UnsafeBuffer(HexFormat.of().parseHex(parts[1]));
      DirectBuffer event = record;
      int length = record.capacity();
      if (Integer.parseInt(parts[0]) == RingLayout.RAW_EVENT) {
        length = raw.convert(record, 0, length);
        event = raw.event();
      }
      assertThat(length).as(line).isPositive();
      assertThat(EventCodec.isWellFormed(event, 0, length)).as(line).isTrue();
      ByteSink json = new ByteSink(1024);
      new EventJson("s").write(1, event, 0, json);
      String text = new String(json.copy(), StandardCharsets.UTF_8);
      assertThat(NativeCode.isJson(text)).as(line).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "windows-874",
        "EUC-KR",
        "x-windows-949",
        "GBK",
        "GB18030",
        "Big5",
        "windows-1252",
        "Shift_JIS",
        "windows-31j",
        "UTF-8"
      })
  void whatTheCharsetHasGoesBothWaysAndIsCutAtACharacter(String name) {
    Charset charset = ServerText.charset(name);
    CharsetEncoder asker = charset.newEncoder();
    int[] known =
        IntStream.range(1, 0x20000)
            .filter(point -> asker.canEncode(Character.toString(point)))
            .filter(
                point ->
                    new String(Character.toString(point).getBytes(charset), charset)
                        .equals(Character.toString(point)))
            .toArray();
    assertThat(known.length).isGreaterThan(150);
    AtomicLong replaced = new AtomicLong();
    ServerText text = new ServerText(charset, replaced);
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      StringBuilder made = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        made.appendCodePoint(known[random.nextInt(known.length)]);
      }
      String words = made.toString();
      byte[] whole = text.encode(words, 4096);
      assertThat(text.decode(whole)).isEqualTo(words);
      byte[] cut = text.encode(words, random.nextInt(40));
      assertThat(words).startsWith(text.decode(cut));
      assertThat(Arrays.copyOf(whole, cut.length)).isEqualTo(cut);
    }
    assertThat(replaced).hasValue(0);
  }

  @Test
  void whatOneSideDoesNotHaveIsReplacedAndCounted() {
    AtomicLong replaced = new AtomicLong();
    ServerText text = new ServerText(ServerText.charset("windows-874"), replaced);
    assertThat(new String(text.encode("ก 日\0!", 99), Charset.forName("windows-874")))
        .isEqualTo("ก ? !");
    assertThat(text.decode(new byte[] {(byte) 0xA1, (byte) 0xDB, 'x'})).isEqualTo("ก\uFFFDx");
    assertThat(replaced).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "IBM037", "ISO-2022-JP", "x-JISAutoDetect", "no such", ""})
  void whereAsciiIsNotAsciiItIsNoCharsetForAServer(String name) {
    assertThat(ServerText.charset(name)).isNull();
  }
}
