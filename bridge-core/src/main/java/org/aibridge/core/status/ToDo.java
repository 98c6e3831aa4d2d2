package org.aibridge.core.status;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells an operator who must act on a trouble, and how. */
enum ToDo {
  // Troubles of the machine:
  ROOM("you: free room on that disk"),
  FILES("you: raise 'ulimit -n', or find in /proc/PID/fd who keeps them open"),
  HEAP("you: restart with a larger -Xmx, or wait until some are older"),
  ANEW("nobody at first; if it stays so, you: the server's log tells why"),
  MACHINE("you: mend that on this machine"),
  LEDGER("you: look at 'ai-bridge actions pending', then 'ai-bridge actions resume'"),
  RESTORED(
      "you: look at 'ai-bridge actions pending', then 'ai-bridge actions resume-after-restore'"),

  // Troubles of the configuration:
  KEY("you: correct api_key, then 'ai-bridge reload'; the AI team, if nobody changed it here"),
  ADDRESS("you: correct base_url, then 'ai-bridge reload'"),
  PROXY("you: does base_url lead where it should? else whoever runs the network"),

  PATH("the AI team: it lacks what this bridge asks for; or you: correct base_url or the path"),

  // Troubles of Kafka, which stands for the service.
  KAFKA("you, or whoever runs Kafka: the reason says what; 'ai-bridge retry' then asks at once"),

  // Troubles of the service.
  ACCOUNT("the AI team: pay for it; nothing to do here"),
  REQUESTS("the AI team: it must take what this bridge sends; nothing to do here"),
  PAUSE("nobody: the AI service goes on by itself; the AI team, if it does so again and again"),
  LIMIT("the AI team: it takes too few requests; nothing to do here"),
  ANSWER("the AI team: its answer is wrong; nothing to do here"),
  LOG("the AI team: its log tells why; nothing to do here"),
  EVENT("the AI team: one event makes it fail, its log tells which; nothing to do here"),
  REFUSES("the AI team: correct it; or you: 'ai-bridge resume', and they become dead letters"),
  REJECTS("the AI team: correct it; then you: 'ai-bridge dlq stats', and replay them"),
  HANGS("the AI team: it hangs; nothing to do here"),
  START("the AI team: start it; you: 'ai-bridge check' tells whether base_url is right"),
  CRASHES("the AI team: does it crash? you: does base_url want https? 'ai-bridge check' tells"),
  CHECK("you: 'ai-bridge check' tells what is wrong from here; then the AI team"),

  /** Events are stuck, and neither the service nor the machine gave a reason. */
  UNKNOWN("you: the server's log tells more");

  /** Finds the HTTP status in a problem, but not in the quoted words of the service. */
  private static final Pattern STATUS =
      Pattern.compile("[^\"]*?: HTTP ([0-9]{3})\\b.*", Pattern.DOTALL);

  private final String words;

  ToDo(String words) {
    this.words = words;
  }

  /** Returns who must act, a colon, and what to do. */
  String words() {
    return words;
  }

  /** Returns what to do about the shortage that {@code problem} describes. */
  static ToDo ofShortage(String problem) {
    if (problem.contains(" MB free") || problem.contains("No space left")) {
      return ROOM;
    }
    if (problem.contains("-Xmx")) {
      return HEAP;
    }
    if (problem.contains("begins anew")) {
      return ANEW;
    }
    return problem.contains("too many open files") ? FILES : MACHINE;
  }

  /** Returns what the operator must do, up to and including {@code command}. */
  static ToDo ofTurn(String command) {
    return command.endsWith("restore") ? RESTORED : LEDGER;
  }

  /** Returns how to end a hold whose reason is {@code reason}. */
  static ToDo ofHold(String reason) {
    Matcher answer = STATUS.matcher(reason);
    if (answer.matches()) {
      return switch (answer.group(1)) {
        case "402" -> ACCOUNT;
        case "304", "407", "421", "495", "496", "497", "511" -> PROXY;
        case "419", "440", "498" -> KEY;
        case "404", "405", "410", "501" -> PATH;
        default -> REQUESTS;
      };
    }
    if (reason.contains("Kafka")) {
      return KAFKA;
    }
    return reason.contains("base_url") ? ADDRESS : KEY;
  }

  /**
   * Returns the cure for a service whose answer, or whose reason for not answering, is {@code
   * said}.
   */
  static ToDo ofService(String said) {
    Matcher answer = STATUS.matcher(said);
    if (answer.matches()) {
      return switch (answer.group(1)) {
        case "404", "405", "410", "501" -> PATH;
        case "407" -> PROXY;
        case "429" -> LIMIT;
        default -> answer.group(1).startsWith("2") ? ANSWER : LOG;
      };
    }
    if (said.contains("Kafka")) {
      return KAFKA;
    }
    if (said.contains("Connection refused")) {
      return START;
    }
    if (said.contains("did not answer in time")) {
      return HANGS;
    }
    return said.contains("closed the connection") ? CRASHES : said.isEmpty() ? UNKNOWN : CHECK;
  }
}
