package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstDocumentTest {
  @TempDir Path folder;

  /** A new version of Chronicle Queue may write another one: then the constant is to be renewed. */
  @Test
  void isWhatChronicleWrites() throws Exception {
    try (SegmentWriter writer = new SegmentWriter(folder, 1, point -> {})) {
      writer.begin(1, new byte[1], 0, 1);
      try (RawSegment raw = RawSegment.open(writer.file())) {
        byte[] written = SegmentCheck.template(raw);
        assertThat(HexFormat.of().formatHex(FirstDocument.KNOWN))
            .isEqualTo(HexFormat.of().formatHex(written));
      }
    }
  }
}
