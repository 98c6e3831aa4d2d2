package org.aibridge.core.action;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.aibridge.core.text.JsonScan;

/**
 * Finds the actions in the service's answer and passes on the bytes of each, so that an absurd
 * action does no harm to the others, and a huge answer costs no memory beyond its own size.
 */
final class OfferedActions {
  private static final byte[] ACTIONS = "actions".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] MAX_RESULTS = "max_results".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_RESULTS = 1000;
  private static final int MAX_DIGITS = 6;

  /** Receives the elements of the array {@code actions}. */
  @FunctionalInterface
  interface Visitor {
    /** Receives the JSON of one element, valid or not; returning false ends the walk. */
    boolean onOffer(byte[] json, int offset, int length);

    /** Receives the beginning of the last element's JSON if the answer ends inside it. */
    default void onCut(byte[] json, int offset, int length) {}
  }

  private OfferedActions() {}

  /**
   * Walks through {@code actions} of the answer; an empty answer has none, nor has {@code null}.
   * Elements before an error in the answer have been passed on.
   *
   * @throws IOException if the answer does not have the contract's form
   */
  static void walk(byte[] body, Visitor visitor) throws IOException {
    JsonScan scan = JsonScan.of(body);
    if (scan.isBlank()) {
      return;
    }
    if (scan.peek() != '{') {
      throw new IOException("the answer is not a JSON object");
    }
    boolean found = scan.member(ACTIONS);
    if (found && scan.isNull()) {
      return;
    }
    if (!found || !scan.take('[')) {
      throw new IOException("the answer has no array \"actions\"");
    }
    array(body, scan, visitor);
  }

  /**
   * Returns how many results the service says it accepts in one request, at most 1000; 0 if it says
   * nothing or nonsense.
   */
  static int maxResults(byte[] body) {
    JsonScan scan = JsonScan.of(body);
    try {
      if (scan.peek() != '{' || !scan.member(MAX_RESULTS)) {
        return 0;
      }
      int from = scan.position();
      scan.skipValue();
      int length = Math.min(scan.position() - from, MAX_DIGITS + 1);
      String text = new String(body, from, length, StandardCharsets.US_ASCII);
      return text.matches("[0-9]{1," + MAX_DIGITS + "}")
          ? Math.min(Integer.parseInt(text), MOST_RESULTS)
          : 0;
    } catch (IOException e) {
      // Ignores the error here; the later walk through the actions reports it.
      return 0;
    }
  }

  private static void array(byte[] body, JsonScan scan, Visitor visitor) throws IOException {
    while (!scan.take(']')) {
      int start = scan.position();
      if (scan.peek() == '}') {
        throw new IOException("the array \"actions\" ends with a curly bracket");
      }
      try {
        scan.skipValue();
      } catch (IOException e) {
        visitor.onCut(body, start, body.length - start);
        throw e;
      }
      if (!visitor.onOffer(body, start, scan.position() - start)) {
        return;
      }
      if (!scan.take(',') && scan.peek() != ']') {
        throw new IOException("a comma is missing in the array \"actions\"");
      }
    }
  }
}
