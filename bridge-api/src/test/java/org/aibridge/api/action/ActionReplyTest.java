package org.aibridge.api.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ActionReplyTest {
  @Test
  void isAppliedWithOrWithoutASentence() {
    assertThat(ActionReply.done()).isEqualTo(new ActionReply.Outcome(true, ""));
    assertThat(ActionReply.done("said")).isEqualTo(new ActionReply.Outcome(true, "said"));
    assertThat(ActionReply.failed("no room")).isEqualTo(new ActionReply.Outcome(false, "no room"));
  }

  @Test
  void takesNoSentenceForTheEmptyOne() {
    assertThat(ActionReply.done(null)).isEqualTo(ActionReply.done());
    assertThat(ActionReply.failed(null)).isEqualTo(new ActionReply.Outcome(false, ""));
    assertThatThrownBy(() -> new ActionReply.Outcome(true, null)).hasMessage("message");
  }

  @Test
  void isWhatAStageOfTheHostsComesTo() {
    CompletableFuture<Boolean> walk = new CompletableFuture<>();
    ActionReply.Pending reply =
        (ActionReply.Pending)
            ActionReply.later(
                walk.thenApply(
                    arrived -> arrived ? ActionReply.done() : ActionReply.failed("a wall")));
    walk.complete(false);
    assertThat(reply.stage().toCompletableFuture())
        .isCompletedWithValue(ActionReply.failed("a wall"));
    assertThat(ActionReply.later(walk.thenApply(ok -> ActionReply.done())))
        .isInstanceOf(ActionReply.Pending.class);
  }

  @Test
  void isLaterOnlyWithAStageThatCanEnd() {
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    assertThat(ActionReply.later(stage)).isEqualTo(new ActionReply.Pending(stage));
    assertThatThrownBy(() -> ActionReply.later(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("stage");
  }
}
