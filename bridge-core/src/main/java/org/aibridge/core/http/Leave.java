package org.aibridge.core.http;

/** A permit to send one request, and its gate, to which the answer or the permit must go back. */
record Leave(Gate gate, Gate.Permit permit) {
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
