package org.aibridge.api.spi;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.aibridge.api.EventEnd;
import org.jspecify.annotations.Nullable;

/**
 * All that a bridge is told before it starts.
 *
 * @param configuration the configuration file, or null for none
 * @param settings the settings in code: values by {@code section.name}, in the order in which they
 *     were set
 * @param onDelivered told of delivered events, or null; see {@link
 *     org.aibridge.api.AiBridgeBuilder#onDelivered}
 * @param onDead told of events that became dead letters, or null
 */
public record BridgeSetup(
    @Nullable Path configuration,
    Map<String, String> settings,
    @Nullable Consumer<? super EventEnd> onDelivered,
    @Nullable Consumer<? super EventEnd> onDead) {
  /** Copies the settings. */
  public BridgeSetup {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Returns the file's name and the names of the keys, but no values: they may be secrets. */
  @Override
  public String toString() {
    return configuration + " and " + settings.keySet();
  }
}
