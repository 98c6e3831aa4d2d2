package org.aibridge.testkit;

/** The paths of the AI service that the testkit itself needs. */
final class Endpoints {
  static final String DISPATCH = "/api/v1/events/dispatch";
  static final String PENDING = "/api/v1/actions/pending";
  static final String COMPLETE = "/api/v1/actions/complete";

  private Endpoints() {}
}
