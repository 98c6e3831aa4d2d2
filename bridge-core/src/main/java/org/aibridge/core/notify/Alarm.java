package org.aibridge.core.notify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.aibridge.core.text.ClockTime;
import org.aibridge.core.text.Shown;

/**
 * One message to an operator.
 *
 * @param server the {@code server_id}
 * @param what the kind of news: a state's name, {@code recovered}, {@code dead_letter}, {@code
 *     in_doubt} or {@code approval}
 * @param text the news in one sentence, which may quote what the AI service said
 * @param toDo who must act, and how; empty when nobody must
 * @param sinceMs when the trouble began, as the status says it, in milliseconds since the epoch; 0
 *     for what is no state
 * @param atMs the time in milliseconds since the epoch
 * @param leftOut how many changes were not told before this one, since there were too many
 */
record Alarm(
    String server, String what, String text, String toDo, long sinceMs, long atMs, int leftOut) {
  /** The most characters of a text; Discord allows 2,000 characters in a whole message. */
  private static final int MAX_TEXT = 1200;

  private static final int MAX_TO_DO = 300;

  /** Returns the message as one line of JSON. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("server", server);
    json.put("what", what);
    json.put("text", Shown.cut(text, MAX_TEXT));
    json.put("to_do", Shown.cut(toDo, MAX_TO_DO));
    json.put("since_ms", sinceMs);
    json.put("at_ms", atMs);
    json.put("left_out", leftOut);
    return Shown.json(json.toString());
  }

  /** Returns the message in Discord's format for webhooks; no user is mentioned in it. */
  String discordJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("content", Shown.of(sentence()));
    json.putObject("allowed_mentions").putArray("parse");
    return json.toString();
  }

  /** Returns the message as a sentence for people. */
  String sentence() {
    String more = leftOut == 0 ? "" : " (" + leftOut + " changes before it were not told)";
    String act = toDo.isEmpty() ? "" : "; to do: " + Shown.cut(toDo, MAX_TO_DO);
    String since = sinceMs == 0 || isOver() ? "" : "; since " + ClockTime.of(sinceMs);
    return server + ": " + what + ": " + Shown.cut(text, MAX_TEXT) + since + act + more;
  }

  private boolean isOver() {
    return what.equals("recovered"); // Its text says since when it is over.
  }
}
