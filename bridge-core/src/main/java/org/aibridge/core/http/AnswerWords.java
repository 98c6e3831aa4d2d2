package org.aibridge.core.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.aibridge.core.config.Secret;
import org.aibridge.core.text.CertificateTrouble;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;
import org.aibridge.core.text.StrictUtf8;

/**
 * Describes an unwanted answer in words for a person: its status, the content type it claims, and
 * the beginning of its body, without invisible characters.
 */
final class AnswerWords {
  private static final int MAX_BODY = 120;
  private static final int MAX_HEADER = 60;

  /** The most bytes of a body to decode; enough to show {@link #MAX_BODY} characters. */
  private static final int MAX_BYTES = 4096;

  private static final byte[] NOTHING = {};
  private static final Pattern BLANKS = Pattern.compile("[ \t\r\n]+");

  private AnswerWords() {}

  /**
   * Returns the words for an answer.
   *
   * @param contentType the answer's {@code Content-Type}; null for none
   * @param contentEncoding the answer's {@code Content-Encoding}; null for none
   * @param body the answer's body, or its beginning
   * @param key the api key, masked where the service repeats it
   */
  static String of(
      int status, String contentType, String contentEncoding, byte[] body, Secret key) {
    StringBuilder text = new StringBuilder("HTTP ").append(status);
    text.append(status == 429 ? " (too many requests)" : "");
    header(text, contentType, key);
    header(text, contentEncoding, key);
    int length = Math.min(body.length, MAX_BYTES);
    String whole = new String(body, 0, length, StandardCharsets.UTF_8);
    String begin = Shown.of(BLANKS.matcher(key.hideIn(whole)).replaceAll(" ").strip(), MAX_BODY);
    return text.append(begin.isEmpty() ? "" : ", \"" + begin + "\"").toString();
  }

  /** Returns the text for a call that failed with {@code e}. */
  static String ofFailure(IOException e, HttpUrl url, Exchange exchange, Secret key) {
    String why = Shown.reason(key.hideIn(describe(e, url, exchange)));
    Response head = exchange.head;
    if (head == null) {
      return why;
    }
    String type = head.header("Content-Type");
    String encoding = head.header("Content-Encoding");
    return of(head.code(), type, encoding, NOTHING, key) + ": " + unreadable(exchange, e, why);
  }

  /** Returns why a complete {@code body} with the given {@code encoding} is unreadable. */
  static String unreadable(ServiceRequest.Caller caller, byte[] body, String encoding) {
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      return "a body in an encoding that was not asked for";
    }
    if (!StrictUtf8.is(body)) {
      return "a body that is not JSON in UTF-8";
    }
    return caller == ServiceRequest.Caller.ACTIONS && AnswerBody.isObjectOrArray(body)
        ? "a body that is no object with an array \"actions\""
        : "a body that is not JSON";
  }

  /** Returns why the rest of an answer is unreadable, although its head was received. */
  private static String unreadable(Exchange exchange, IOException e, String problem) {
    String message = e.getMessage();
    if (exchange.isTooLarge()) {
      return tooLarge(exchange);
    }
    return message != null && message.startsWith("ID1ID2")
        ? "a body that is not gzip"
        : "a body that cannot be read: " + problem;
  }

  /** Returns a size as text with a unit. */
  static String size(long bytes) {
    return bytes < 10 << 10 ? Sentence.of("%,d bytes", bytes) : Sentence.of("%,d KB", bytes >> 10);
  }

  private static String tooLarge(Exchange exchange) {
    return "an answer that is too large, given up after " + size(exchange.bytes());
  }

  private static String describe(IOException e, HttpUrl url, Exchange exchange) {
    String where = ScriptAddress.authority(url);
    if (exchange.isTooLarge()) {
      return where + ": " + tooLarge(exchange);
    }
    if (exchange.overdue || e instanceof InterruptedIOException) {
      String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      return e instanceof SocketTimeoutException && message.contains("connect")
          ? where + " could not be reached in time"
          : where + " did not answer in time";
    }
    CertificateTrouble trouble = CertificateTrouble.of(e);
    if (trouble != null) {
      return where + ": its " + trouble;
    }
    // Uses the cause's message, because OkHttp's own message repeats {@code where}.
    Throwable why = e instanceof ConnectException && e.getCause() != null ? e.getCause() : e;
    String message = why.getMessage();
    if (message != null && message.startsWith("unexpected end of stream")) {
      return where + " closed the connection without an answer";
    }
    return where + ": " + (message == null ? why.getClass().getSimpleName() : message);
  }

  private static void header(StringBuilder text, String value, Secret key) {
    String shown = value == null ? "" : Shown.of(key.hideIn(value).strip(), MAX_HEADER);
    text.append(shown.isEmpty() ? "" : ", " + shown);
  }
}
