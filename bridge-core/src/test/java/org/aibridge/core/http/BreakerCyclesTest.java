package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The breaker with real calls over real sockets; only its waits are the test's clock. */
@Tag("slow")
class BreakerCyclesTest {
  private static final Duration OPEN_TIME = Duration.ofMillis(60_001);
  private static final int PROBES = 3;
  private static final String PATIENT = "timeout_read = 20000\n";
  private static final String IMPATIENT = "timeout_read = 60\n";
  private static final String SETTINGS =
      """
      [circuit_breaker]
      failure_threshold = 1
      timeout = 60000
      half_open_requests = 3
      """;
  private static final RawService.Script HUNG =
      (request, connection, out) -> connection.getInputStream().read();

  private final ManualClock clock = new ManualClock();
  private final SynchronousQueue<String> arrivals = new SynchronousQueue<>();

  @Test
  void neverSticksOverAHundredCyclesOfHungThrownAndCancelledProbes() throws Exception {
    try (RawService service = new RawService(RawService.answering(500, "", ""));
        ServiceClient client =
            new ServiceClient(config(service, PATIENT), clock, "cycles", Wire.OF_MACHINE)) {
      for (int cycle = 0; cycle < 100; cycle++) {
        service.behave(RawService.answering(500, "", ""));
        assertThat(ask(client)).isEqualTo(Answer.Kind.FAILED);
        assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
        clock.advance(OPEN_TIME);
        switch (cycle % 4) {
          case 0 -> hungProbe(service, client);
          case 1 -> probe(service, client, BreakerCyclesTest::reset);
          case 2 -> probe(service, client, RawService.saying("nonsense\n"));
          default -> cancelledProbe(service, client);
        }
        service.behave(RawService.answering(200, "", ""));
        clock.advance(OPEN_TIME);
        for (int i = 0; i < PROBES; i++) {
          assertThat(ask(client)).as("cycle %d", cycle).isEqualTo(Answer.Kind.OK);
        }
        assertThat(client.breakerState()).as("cycle %d", cycle).isEqualTo(GateState.CLOSED);
      }
    }
  }

  private static void probe(RawService service, ServiceClient client, RawService.Script script)
      throws Exception {
    service.behave(script);
    assertThat(ask(client)).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
  }

  private static void hungProbe(RawService service, ServiceClient client) throws Exception {
    client.reconfigure(config(service, IMPATIENT));
    probe(service, client, HUNG);
    client.reconfigure(config(service, PATIENT));
  }

  private static BridgeConfig config(RawService service, String patience) {
    return TestConfig.of(service.url(), patience + SETTINGS);
  }

  private void cancelledProbe(RawService service, ServiceClient client) throws Exception {
    service.behave(
        (request, connection, out) -> {
          arrivals.put("a request");
          HUNG.serve(request, connection, out);
        });
    CompletableFuture<Answer> answer = Calls.begin(client, Calls.post(new byte[0]));
    assertThat(arrivals.poll(10, TimeUnit.SECONDS)).isNotNull();
    client.cancelAll();
    assertThat(answer.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Answer.Kind.CANCELLED);
  }

  private static Answer.Kind ask(ServiceClient client) throws Exception {
    return Calls.ask(client, Calls.post(new byte[0])).kind();
  }

  private static void reset(
      RawService.Received request, java.net.Socket connection, java.io.OutputStream out)
      throws java.io.IOException {
    connection.setSoLinger(true, 0);
    connection.close();
  }
}
