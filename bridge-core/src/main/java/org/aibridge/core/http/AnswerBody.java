package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.aibridge.core.text.StrictUtf8;

/** Checks the body of a 2xx answer, since an answer with a good status can have a bad body. */
final class AnswerBody {
  /** Does not intern field names, since a service could fill the memory with new names. */
  private static final JsonFactory JSON_FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private static final byte[] SUCCESS = "\"success\"".getBytes(StandardCharsets.US_ASCII);

  private AnswerBody() {}

  /**
   * True if the body of a 2xx counts as an answer. The body for dispatch must be valid JSON,
   * because it moves events to their end. The body for a poll must only begin as JSON, or be empty,
   * which means no actions: the reader takes each action by itself, so one broken action, or the
   * cut end of a huge answer, must not cost the others.
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

  /** True if the body looks like UTF-16 or UTF-32, which Jackson accepts as well as UTF-8. */
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
   * True for an object whose own {@code success} is false: frameworks send it with a 200 when, say,
   * a database was locked and no event was taken. False if the object names rejected events, for
   * then the other events were taken.
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
