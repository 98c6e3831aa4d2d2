package org.aibridge.api.action;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a custom action: a JSON object, parsed when its values are first asked for.
 *
 * <p>Any thread; two payloads are equal if their texts are.
 */
public final class CustomPayload {
  private final String json;

  /** The parsed members; null until first use. Immutable, so two threads can safely set them. */
  private @Nullable Map<String, @Nullable Object> values;

  private CustomPayload(String json) {
    this.json = Objects.requireNonNull(json, "json");
  }

  /** Returns a payload with the text {@code json}; the first {@link #values()} parses it. */
  public static CustomPayload of(String json) {
    return new CustomPayload(json);
  }

  /** Returns the payload as JSON text. */
  public String json() {
    return json;
  }

  /**
   * Returns the members: texts, booleans, nulls, unmodifiable maps and lists, {@link Integer},
   * {@link Long} or {@link java.math.BigInteger} for whole numbers, and {@link Double} for others.
   * The first call parses the text; the following ones return the same map.
   *
   * @throws IllegalArgumentException if the text is no JSON object, or nests deeper than 64 levels;
   *     never for an action of the AI service, which the bridge has checked
   */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> parsed = values;
    if (parsed == null) {
      parsed = new JsonObjectReader(json).read();
      values = parsed;
    }
    return parsed;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CustomPayload that && that.json.equals(json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json;
  }
}
