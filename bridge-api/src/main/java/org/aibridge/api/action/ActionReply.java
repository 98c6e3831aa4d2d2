package org.aibridge.api.action;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A handler's reply: the action's outcome, now or later. The bridge reports it to the service. */
public sealed interface ActionReply {
  /** Returns the reply that the action was applied. */
  static Outcome done() {
    return new Outcome(true, "");
  }

  /** Returns the reply that the action was applied; {@code message} is a note for the service. */
  static Outcome done(@Nullable String message) {
    return new Outcome(true, message == null ? "" : message);
  }

  /** Returns the reply that the action was not applied because of {@code reason}. */
  static Outcome failed(@Nullable String reason) {
    return new Outcome(false, reason == null ? "" : reason);
  }

  /**
   * The action is under way, like an NPC that walks. It counts as in flight until the stage
   * completes (on any thread) or {@code action_timeout} is over. A stage that completes
   * exceptionally, or with {@code null}, fails the action.
   *
   * <pre>{@code
   * return ActionReply.later(walk.thenApply(arrived -> ActionReply.done()));
   * }</pre>
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
    /** Refuses {@code null}. */
    public Outcome {
      Objects.requireNonNull(message, "message");
    }
  }

  /** A reply whose outcome is not known yet; {@code stage} completes with the outcome. */
  record Pending(CompletionStage<Outcome> stage) implements ActionReply {
    /** Refuses {@code null}. */
    public Pending {
      Objects.requireNonNull(stage, "stage");
    }
  }
}
