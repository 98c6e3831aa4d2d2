package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends requests and waits for their answers. */
final class Calls {
  private Calls() {}

  static ServiceRequest post(byte[] body) {
    return ServiceRequest.post(
        ServiceRequest.Caller.DISPATCH, "/api/v1/events/dispatch", body, "key-1", 1 << 20, true);
  }

  static ServiceRequest get(ServiceRequest.Caller caller, String url) {
    return ServiceRequest.get(caller, url, 10_000, false);
  }

  static CompletableFuture<Answer> begin(ServiceClient client, ServiceRequest request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    assertThat(client.trySend(request, answer::complete)).as("wait").isZero();
    return answer;
  }

  static Answer ask(ServiceClient client, ServiceRequest request) throws Exception {
    return begin(client, request).get(20, TimeUnit.SECONDS);
  }
}
