package org.aibridge.core.http;

/** Leave to send one request, from the gate that wants its answer or the permit back. */
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
