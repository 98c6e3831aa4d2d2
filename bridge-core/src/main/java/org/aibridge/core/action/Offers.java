package org.aibridge.core.action;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/**
 * Finds the actions in the service's answer without building a tree of it: each is handed on as the
 * bytes it stands in, so that one absurd action harms no other and a huge answer costs no more than
 * itself.
 */
final class Offers {
  private static final JsonFactory LENIENT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(100_000)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(1 << 20)
                  .maxNameLength(1 << 20)
                  .build())
          .build();

  /** Takes one action's JSON; false ends the walk. */
  @FunctionalInterface
  interface Visitor {
    boolean onOffer(byte[] json, int offset, int length);
  }

  private Offers() {}

  /**
   * Walks through {@code actions} of the answer.
   *
   * @throws IOException if the answer is not of the contract's form
   */
  static void walk(byte[] body, Visitor visitor) throws IOException {
    try (JsonParser parser = LENIENT.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the answer is not a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean actions = parser.currentName().equals("actions");
        JsonToken value = parser.nextToken();
        if (actions && value == JsonToken.START_ARRAY) {
          array(body, parser, visitor);
          return;
        }
        parser.skipChildren();
      }
      throw new IOException("the answer has no array \"actions\"");
    }
  }

  private static void array(byte[] body, JsonParser parser, Visitor visitor) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == null) {
        throw new IOException("the answer ends in the middle");
      }
      int start = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      int end = (int) parser.currentLocation().getByteOffset();
      if (!visitor.onOffer(body, start, end - start)) {
        return;
      }
    }
  }
}
