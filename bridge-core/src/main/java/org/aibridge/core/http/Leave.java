package org.aibridge.core.http;

import java.util.function.UnaryOperator;

/**
 * A permit to send one request, and its gate, to which the answer or the permit must go back.
 *
 * @param judge gives an answer the meaning that it has by the answers before it
 * @param budget learns what the service says of its limits
 */
record Leave(Gate gate, Gate.Permit permit, UnaryOperator<Answer> judge, RateBudget budget) {
  boolean isStillGiven() {
    return gate.isStillGiven(permit);
  }

  void giveBack() {
    gate.giveBack(permit);
  }

  Answer judged(Answer answer) {
    return judge.apply(answer);
  }

  void onAnswer(Answer answer) {
    gate.onAnswer(permit, answer);
  }
}
