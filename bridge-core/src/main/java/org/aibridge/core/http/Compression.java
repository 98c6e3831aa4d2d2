package org.aibridge.core.http;

import java.util.concurrent.atomic.AtomicReference;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Finds out whether the service takes compressed bodies, as the operator says it does: one batch is
 * sent so, and again as it is if the service answers that it cannot read it. Bodies are compressed
 * once one was taken. Any thread.
 */
final class Compression {
  private static final Logger log = Logs.of(Compression.class);

  private enum State {
    UNTRIED,
    TRYING,
    TAKEN,
    REFUSED
  }

  private final AtomicReference<State> state;

  /**
   * @param wanted false to compress nothing
   */
  Compression(boolean wanted) {
    this.state = new AtomicReference<>(wanted ? State.UNTRIED : State.REFUSED);
  }

  /** True if the service has accepted a compressed body. */
  boolean isTaken() {
    return state.get() == State.TAKEN;
  }

  /** True if {@code request} should try compression; then the caller must call {@link #tried}. */
  boolean mayTry(ServiceRequest request) {
    return request.caller() == ServiceRequest.Caller.DISPATCH
        && state.compareAndSet(State.UNTRIED, State.TRYING);
  }

  /**
   * True if a compressed body with this answer is to be sent again as it is. Services that do not
   * decompress find no text in it or no JSON, or fail.
   */
  static boolean isDoubted(Answer answer) {
    return switch (answer.status()) {
      case 400, 415, 422, 500 -> true;
      default -> false;
    };
  }

  /**
   * Notes the answers to the first batch.
   *
   * @param compressed the answer to the compressed body; null for none
   * @param plain the answer to the body as it is; null if it was not sent
   */
  void tried(Answer compressed, Answer plain) {
    if (plain != null && plain.kind() == Answer.Kind.OK) {
      state.set(State.REFUSED);
      log.warn(
          "the AI service takes no gzip (HTTP {}) and has taken the same events without: nothing is"
              + " compressed until a reload; compression = none says so at once",
          compressed.status());
    } else if (plain == null && compressed != null && compressed.kind() == Answer.Kind.OK) {
      state.set(State.TAKEN);
    } else {
      state.set(State.UNTRIED);
    }
  }
}
