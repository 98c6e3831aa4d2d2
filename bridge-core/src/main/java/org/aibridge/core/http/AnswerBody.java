package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.aibridge.core.text.JsonScan;
import org.aibridge.core.text.StrictUtf8;

/** Checks the body of a 2xx answer, since an answer with a good status can have a bad body. */
final class AnswerBody {
  /** What a body says. */
  enum Sense {
    /** Nothing: it cannot be read. */
    UNREADABLE,
    /** That the request failed, whatever the status says. */
    FAILED,
    /** Anything else. */
    FINE
  }

  /** Does not intern field names, since a service could fill the memory with new names. */
  private static final JsonFactory JSON_FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private static final byte[] ACTIONS = "actions".getBytes(StandardCharsets.US_ASCII);

  /** The values of {@code status} that say that the request failed. */
  private static final Set<String> FAILURES = Set.of("error", "fail", "failed", "failure");

  /** Those that say that it did not, whatever else is told; also of {@code success}. */
  private static final Set<String> YES =
      Set.of(
          "true",
          "yes",
          "1",
          "ok",
          "success",
          "succeeded",
          "accepted",
          "received",
          "queued",
          "processed",
          "done",
          "completed",
          "partial",
          "partial_success",
          "healthy");

  /** Texts of an {@code error} that say that there is none. */
  private static final Set<String> NONE =
      Set.of("", "0", "false", "none", "null", "ok", "no error");

  /** How the names begin of counts of events that the service has without taking them anew. */
  private static final List<String> KNOWN = List.of("duplicate", "skipped", "ignored", "already");

  private AnswerBody() {}

  /**
   * Returns what the body of a 2xx says to {@code caller}. The body for dispatch must be valid
   * JSON, because it moves events to their end. The body for a poll must only begin as an object
   * with actions, or be empty, which means none: the reader takes each action by itself, so one
   * broken action, or the cut end of a huge answer, must not cost the others.
   */
  static Sense of(ServiceRequest.Caller caller, byte[] body) {
    return switch (caller) {
      case ACTIONS -> offersActions(body) ? Sense.FINE : Sense.UNREADABLE;
      case DISPATCH -> ofJson(body);
      default -> ofJson(body) == Sense.UNREADABLE ? Sense.UNREADABLE : Sense.FINE;
    };
  }

  private static boolean offersActions(byte[] body) {
    JsonScan scan = JsonScan.of(body);
    try {
      return scan.isBlank() || scan.member(ACTIONS) && (scan.peek() == '[' || scan.isNull());
    } catch (EOFException e) {
      return false;
    }
  }

  /** True if the body begins as an object or an array does. */
  static boolean isObjectOrArray(byte[] body) {
    JsonScan scan = JsonScan.of(body);
    try {
      return scan.peek() == '{' || scan.peek() == '[';
    } catch (EOFException e) {
      return false;
    }
  }

  /** True if the body looks like UTF-16 or UTF-32, which Jackson accepts as well as UTF-8. */
  private static boolean isWide(byte[] body) {
    return body.length >= 2 && (body[0] == 0 || body[1] == 0 || (body[0] & body[1] & 0xFE) == 0xFE);
  }

  private static Sense ofJson(byte[] body) {
    if (body.length == 0) {
      return Sense.FINE;
    }
    if (!StrictUtf8.is(body) && !isWide(body)) {
      return Sense.UNREADABLE;
    }
    try (JsonParser parser = JSON_FACTORY.createParser(body)) {
      boolean failed = false;
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        failed = saysItFailed(parser);
      } else if (first == JsonToken.START_ARRAY) {
        failed = isWithFailedStatus(parser);
      } else if (parser.hasCurrentToken()) {
        parser.skipChildren();
      }
      return parser.nextToken() != null ? Sense.UNREADABLE : failed ? Sense.FAILED : Sense.FINE;
    } catch (IOException e) {
      return Sense.UNREADABLE;
    }
  }

  /**
   * Reads an array to its end. True for an object and a status, which is what FastAPI sends for
   * {@code return {"error": ...}, 500}.
   */
  private static boolean isWithFailedStatus(JsonParser parser) throws IOException {
    int count = 0;
    boolean object = false;
    boolean failed = false;
    for (JsonToken next; (next = parser.nextToken()) != JsonToken.END_ARRAY; count++) {
      object |= count == 0 && next == JsonToken.START_OBJECT;
      failed = count == 1 && object && isFailedStatus(parser);
      parser.skipChildren();
    }
    return failed;
  }

  /**
   * Reads an object to its end. True if it says itself that the request failed, as frameworks do
   * with a 200 when, say, a database was locked and no event was taken.
   */
  private static boolean saysItFailed(JsonParser parser) throws IOException {
    boolean failed = false;
    boolean none = false;
    boolean known = false;
    boolean error = false;
    boolean taken = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      boolean number = value == JsonToken.VALUE_NUMBER_INT;
      switch (name) {
        case "success", "ok" -> {
          String text = text(parser);
          failed |= text.equals("false");
          none |= number && text.equals("0");
          taken |= number && isPositive(parser) || YES.contains(text);
        }
        case "status" -> {
          String text = text(parser);
          failed |= FAILURES.contains(text) || isFailedStatus(parser);
          taken |= YES.contains(text) || text.matches("2[0-9][0-9]");
        }
        case "accepted", "rejected" -> taken |= isSome(parser);
        case "error" -> error = isSome(parser);
        default -> known |= number && isOfKnown(name) && isPositive(parser);
      }
      parser.skipChildren();
    }
    return failed || none && !known || error && !taken;
  }

  private static String text(JsonParser parser) throws IOException {
    return parser.currentToken().isScalarValue() ? parser.getText().toLowerCase(Locale.ROOT) : "";
  }

  private static boolean isOfKnown(String name) {
    for (String begin : KNOWN) {
      if (name.startsWith(begin)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPositive(JsonParser parser) throws IOException {
    return !parser.getText().startsWith("-") && !parser.getText().equals("0");
  }

  private static boolean isFailedStatus(JsonParser parser) throws IOException {
    return parser.currentToken().isScalarValue() && parser.getText().matches("[45][0-9][0-9]");
  }

  /** Reads a value to its end; true if something in it is neither nothing, no, 0 nor "none". */
  private static boolean isSome(JsonParser parser) throws IOException {
    int depth = 0;
    boolean some = false;
    JsonToken token = parser.currentToken();
    while (true) {
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      some =
          some
              || token.isScalarValue()
                  && token != JsonToken.VALUE_NULL
                  && !NONE.contains(parser.getText().strip().toLowerCase(Locale.ROOT));
      if (depth == 0) {
        return some;
      }
      token = parser.nextToken();
    }
  }
}
