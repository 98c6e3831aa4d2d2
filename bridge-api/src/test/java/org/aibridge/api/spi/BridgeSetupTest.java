package org.aibridge.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BridgeSetupTest {
  private final Map<String, String> settings = new LinkedHashMap<>();

  @Test
  void copiesTheSettingsInTheirOrder() {
    settings.put("z.last", "1");
    settings.put("a.first", "2");
    BridgeSetup setup = new BridgeSetup(null, settings, null, null);
    settings.clear();
    assertThat(setup.settings())
        .containsExactly(Map.entry("z.last", "1"), Map.entry("a.first", "2"));
    assertThatThrownBy(() -> setup.settings().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void namesTheKeysAndNoValue() {
    settings.put("ai_service.api_key", "secret");
    assertThat(new BridgeSetup(Path.of("ai_bridge.conf"), settings, null, null))
        .hasToString("ai_bridge.conf and [ai_service.api_key]");
  }
}
