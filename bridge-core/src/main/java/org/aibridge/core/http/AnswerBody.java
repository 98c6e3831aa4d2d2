package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.aibridge.core.text.StrictUtf8;

/** Whether the body of a good answer is one: what a status does not tell. */
final class AnswerBody {
  /** Remembers no name of an answer for longer than it reads it. */
  private static final JsonFactory JSON_FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private static final byte[] SUCCESS = "\"success\"".getBytes(StandardCharsets.US_ASCII);

  private AnswerBody() {}

  /**
   * Whether a 2xx can be taken for an answer. One to dispatch must be JSON to the letter, for it
   * moves events to their end. One to a poll need only begin as JSON: its reader takes each action
   * by itself, so one that is broken, or the place where a huge answer was cut, must not cost the
   * others; an empty one means that there are none.
   */
  static boolean isReadable(ServiceRequest.Caller caller, byte[] body) {
    return caller == ServiceRequest.Caller.ACTIONS ? isEmptyOrBeginsAsJson(body) : isJson(body);
  }

  private static boolean isEmptyOrBeginsAsJson(byte[] body) {
    int at = 0;
    while (at < body.length
        && (body[at] <= ' '
            || body[at] == (byte) 0xEF
            || body[at] == (byte) 0xBB
            || body[at] == (byte) 0xBF)) {
      at++;
    }
    return at == body.length || body[at] == '{' || body[at] == '[';
  }

  /**
   * Whether it is UTF-16 or UTF-32, as Jackson takes it: JSON begins with two characters of ASCII.
   */
  private static boolean isWide(byte[] body) {
    return body.length >= 2 && (body[0] == 0 || body[1] == 0 || (body[0] & body[1] & 0xFE) == 0xFE);
  }

  private static boolean isJson(byte[] body) {
    if (body.length == 0) {
      return true;
    }
    if (!StrictUtf8.is(body) && !isWide(body)) {
      return false;
    }
    try (JsonParser parser = JSON_FACTORY.createParser(body)) {
      if (parser.nextToken() == null) {
        return true;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether it is an object whose own {@code success} is false: frameworks answer 200 with it where
   * a database was locked, and nothing was taken. Where it says which events were rejected, the
   * others were taken.
   */
  static boolean saysItFailed(byte[] body) {
    if (!holds(body, SUCCESS)) {
      return false;
    }
    try (JsonParser parser = JSON_FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      boolean failed = false;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        failed |= value == JsonToken.VALUE_FALSE && name.equals("success");
        if (name.equals("rejected") && value.isStructStart()) {
          if (!parser.nextToken().isStructEnd()) {
            return false;
          }
        } else {
          parser.skipChildren();
        }
      }
      return failed;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean holds(byte[] body, byte[] words) {
    for (int i = 0; i + words.length <= body.length; i++) {
      if (body[i] == words[0] && Arrays.equals(body, i, i + words.length, words, 0, words.length)) {
        return true;
      }
    }
    return false;
  }
}
