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
