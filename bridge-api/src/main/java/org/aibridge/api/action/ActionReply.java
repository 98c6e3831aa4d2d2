package org.aibridge.api.action;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What came of an action, now or later; the AI service is told. */
public sealed interface ActionReply {
  /** It was applied. */
  static ActionReply done() {
    return new Outcome(true, "");
  }

  /** It was applied; {@code message} says how, for the service's people. */
  static ActionReply done(String message) {
    return new Outcome(true, message);
  }

  /** It was not applied, for {@code reason}. */
  static ActionReply failed(String reason) {
    return new Outcome(false, reason);
  }

  /**
   * It is under way, like an NPC that walks. Until the stage completes (on any thread) or {@code
   * action_timeout} is over, the action counts as in flight. A stage that completes exceptionally
   * fails the action.
   */
  static ActionReply later(CompletionStage<Outcome> stage) {
    return new Pending(stage);
  }

  /**
   * The end of an action.
   *
   * @param applied whether the world changed as asked
   * @param message a sentence for the service's people; may be empty
   */
  record Outcome(boolean applied, String message) implements ActionReply {
    /** A {@code null} message is the empty one. */
    public Outcome {
      message = message == null ? "" : message;
    }
  }

  /** An end that is still to come. */
  record Pending(CompletionStage<Outcome> stage) implements ActionReply {
    /** Refuses {@code null}. */
    public Pending {
      Objects.requireNonNull(stage, "stage");
    }
  }
}
