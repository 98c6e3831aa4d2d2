package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Reads from an answer which events of an acknowledged batch the service rejected. */
final class RejectedEvents {
  /** Does not intern field names, since a service could fill the memory with new names. */
  static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private static final String NO_REASON = "rejected by the AI service";
  private static final byte[] NAME = "rejected".getBytes(StandardCharsets.US_ASCII);

  /** The contract's name of the field with the reason, and others that services give it. */
  private static final String REASON = "error";

  private static final String EVENT_ID = "event_id";
  private static final Set<String> REASONS = Set.of(REASON, "reason", "message");

  private static final Pattern ZERO = Pattern.compile("-?[0.]+");

  private final Set<String> ids;
  private final Map<String, String> reasons = new HashMap<>();

  /** The keys of {@link #reasons} in the order in which they came. */
  private final List<String> order = new ArrayList<>();

  private RejectedEvents(Set<String> ids) {
    this.ids = ids;
  }

  /**
   * False if the body surely has no field {@code rejected}, as most have none; found without
   * parsing. True at a backslash or a zero byte, since a name may be written with escapes or in
   * UTF-16.
   */
  private static boolean mayReject(byte[] body) {
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '\\' || body[i] == 0 || body[i] == NAME[0] && isName(body, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(byte[] body, int at) {
    int end = at + NAME.length;
    return end <= body.length && Arrays.equals(body, at, end, NAME, 0, NAME.length);
  }

  /** True if {@code answer} rejects an event of {@code batch}, the body that was sent. */
  static boolean areIn(byte[] answer, byte[] batch) {
    return batch != null && !read(answer, () -> SentEvents.known(batch), () -> {}).isEmpty();
  }

  /**
   * Returns the reasons by event id; empty for a body without {@code rejected}. Each id of the
   * batch that stands in the value of {@code rejected} names an event, as a text or as a field's
   * name, however deep; its reason is the field's value, or the {@code error} (also {@code reason},
   * {@code message}) beside it. An object with an {@code event_id} of the batch is about that event
   * alone, as is what stands under an id: other ids in it belong to the reason.
   *
   * <p>The memory used depends on the batch, however many other ids the answer names.
   *
   * @param batch returns the ids of the batch's events; called only if {@code body} may reject some
   * @param unclear run if something was rejected but no event of the batch is named
   */
  static Map<String, String> read(byte[] body, Supplier<Set<String>> batch, Runnable unclear) {
    if (!mayReject(body)) {
      return Map.of();
    }
    RejectedEvents found = new RejectedEvents(batch.get());
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean isIt = json.currentName().equals("rejected");
          json.nextToken();
          if (isIt) {
            boolean some = found.take(json, "");
            if (some && found.reasons.isEmpty()) {
              unclear.run();
            }
          } else {
            json.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      // The reasons read before the unreadable place still count.
      return found.reasons;
    }
    return found.reasons;
  }

  /**
   * Takes the value at which {@code json} stands.
   *
   * @param known the id whose value it is; empty for none
   * @return true if the value says that something was rejected
   */
  private boolean take(JsonParser json, String known) throws IOException {
    return switch (json.currentToken()) {
      case START_ARRAY -> takeList(json);
      case START_OBJECT -> takeObject(json, known);
      default -> {
        String text = json.getText();
        if (ids.contains(text)) {
          note(text, "");
        }
        yield isSome(json, text);
      }
    };
  }

  private boolean takeList(JsonParser json) throws IOException {
    boolean some = false;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      take(json, "");
      some = true;
    }
    return some;
  }

  private boolean takeObject(JsonParser json, String known) throws IOException {
    int mark = order.size();
    String id = known;
    boolean sure = !known.isEmpty();
    String reason = "";
    boolean some = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      String text = value.isScalarValue() && value != JsonToken.VALUE_NULL ? json.getText() : "";
      if (!sure && ids.contains(text)) {
        id = id.isEmpty() || EVENT_ID.equals(name) || "id".equals(name) ? text : id;
        sure = EVENT_ID.equals(name);
      } else if (REASONS.contains(name) && !text.isEmpty()) {
        reason = reason.isEmpty() || name.equals(REASON) ? text : reason;
        some = true;
      } else if (!sure && ids.contains(name)) {
        some |= takeOf(json, name, text);
      } else {
        some |= take(json, "");
      }
    }
    if (sure) {
      forget(mark);
    }
    if (!id.isEmpty() && (known.isEmpty() || some)) {
      note(id, reason);
    }
    return some;
  }

  /** Takes the value under an id; true if it says that this event was rejected. */
  private boolean takeOf(JsonParser json, String id, String text) throws IOException {
    int mark = order.size();
    boolean some = take(json, id);
    if (!json.currentToken().isScalarValue()) {
      String reason = reasons.getOrDefault(id, "");
      forget(mark);
      text = reason.equals(NO_REASON) ? "" : reason;
    }
    if (some) {
      note(id, text);
    }
    return some;
  }

  /** True if the value is true, a text, or a nonzero number. */
  private static boolean isSome(JsonParser json, String text) {
    return switch (json.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_STRING -> !text.isEmpty();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> !ZERO.matcher(text).matches();
      default -> false;
    };
  }

  /** Notes the reason for {@code id}; of several the last one counts, and any before none. */
  private void note(String id, String reason) {
    String before = reasons.get(id);
    if (before == null) {
      order.add(id);
    }
    if (before == null || !reason.isEmpty()) {
      reasons.put(id, reason.isEmpty() ? NO_REASON : reason);
    }
  }

  /** Forgets the events that were first named since {@code mark} had. */
  private void forget(int mark) {
    while (order.size() > mark) {
      reasons.remove(order.remove(order.size() - 1));
    }
  }
}
