package org.aibridge.core.http;

/**
 * A permit to send one request, and its gate, to which the answer or the permit must go back.
 *
 * @param budget learns what the service says of its limits
 */
record Leave(Gate gate, Gate.Permit permit, RateBudget budget) {
  boolean isStillGiven() {
    return gate.isStillGiven(permit);
  }

  void giveBack() {
    gate.giveBack(permit);
  }

  void onAnswer(Answer answer) {
    gate.onAnswer(permit, answer);
  }
}
