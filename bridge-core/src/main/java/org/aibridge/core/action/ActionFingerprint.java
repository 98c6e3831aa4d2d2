package org.aibridge.core.action;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Fingerprints for comparing an action that is offered again with its first offer. */
final class ActionFingerprint {
  private static final ObjectMapper SORTED =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

  private ActionFingerprint() {}

  /** Returns the fingerprint of the exact bytes. */
  static int ofBytes(byte[] json, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(json, offset, length);
    return (int) crc.getValue();
  }

  /**
   * Returns the fingerprint of the content; member order, white space and escapes make no
   * difference.
   */
  static int ofContent(JsonNode action) {
    try {
      byte[] canonical = SORTED.writeValueAsString(action).getBytes(StandardCharsets.UTF_8);
      return ofBytes(canonical, 0, canonical.length);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that was read cannot be written", e);
    }
  }
}
