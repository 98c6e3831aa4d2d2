package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  /** The fields that say what became of the request; beside one of them, an error is a remark. */
  private static final Set<String> JUDGING =
      Set.of("success", "ok", "status", "accepted", "rejected");

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
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        failed = saysItFailed(parser);
      } else if (parser.hasCurrentToken()) {
        parser.skipChildren();
      }
      return parser.nextToken() != null ? Sense.UNREADABLE : failed ? Sense.FAILED : Sense.FINE;
    } catch (IOException e) {
      return Sense.UNREADABLE;
    }
  }

  /**
   * Reads an object to its end. True if it says itself that the request failed, as frameworks do
   * with a 200 when, say, a database was locked and no event was taken.
   */
  private static boolean saysItFailed(JsonParser parser) throws IOException {
    boolean failed = false;
    boolean error = false;
    boolean judged = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "success", "ok" -> failed |= isNo(parser);
        case "status" -> failed |= FAILURES.contains(text(parser).toLowerCase(Locale.ROOT));
        case "error" -> error = isError(parser);
        default -> {}
      }
      judged |= JUDGING.contains(name);
      parser.skipChildren();
    }
    return failed || error && !judged;
  }

  private static boolean isNo(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_FALSE -> true;
      case VALUE_NUMBER_INT -> parser.getText().equals("0");
      default -> text(parser).equalsIgnoreCase("false");
    };
  }

  private static boolean isError(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE, START_OBJECT -> true;
      default -> !text(parser).isBlank();
    };
  }

  private static String text(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
  }
}
