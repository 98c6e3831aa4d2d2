package org.aibridge.fakeservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Thrown to refuse a request; has the status and the reason for the answer. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient JsonNode why;
  private final String[] headers;

  Refusal(int status, String sentence, String... headers) {
    this(status, TextNode.valueOf(sentence), headers);
  }

  Refusal(int status, JsonNode why, String... headers) {
    super(why.asText());
    this.status = status;
    this.why = why;
    this.headers = headers;
  }

  int status() {
    return status;
  }

  JsonNode why() {
    return why;
  }

  String[] headers() {
    return headers;
  }
}
