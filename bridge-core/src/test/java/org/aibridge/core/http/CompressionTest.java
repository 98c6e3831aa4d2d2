package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.aibridge.core.run.BridgeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code compression = gzip} one batch shows whether the service takes that. */
class CompressionTest {
  private static final byte[] BODY = "{\"events\":[]}".getBytes();
  private static final RawService.Script TAKES = RawService.answering(200, "", "{}");

  private RawService service;
  private ServiceClient client;

  /** What came: "gzip" or "plain", each with the status it was answered with. */
  private final List<String> seen = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    service = new RawService(TAKES);
    client =
        new ServiceClient(
            TestConfig.of(service.url(), "compression = gzip"),
            BridgeClock.system(),
            "gzip",
            Wire.OF_MACHINE);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    service.close();
  }

  private void answer(int gzip, int plain) {
    service.behave(
        (request, connection, out) -> {
          boolean compressed = "gzip".equals(request.header("Content-Encoding"));
          int status = compressed ? gzip : plain;
          seen.add((compressed ? "gzip " : "plain ") + status);
          byte[] body =
              compressed
                  ? new GZIPInputStream(new ByteArrayInputStream(request.body())).readAllBytes()
                  : request.body();
          assertThat(body).isEqualTo(BODY);
          assertThat(request.header("Idempotency-Key")).isEqualTo("key-1");
          RawService.answering(status, "", "{}").serve(request, connection, out);
        });
  }

  private Answer.Kind send() throws Exception {
    return Calls.ask(client, Calls.post(BODY)).kind();
  }

  private Answer.Kind tell() throws Exception {
    return Calls.ask(
            client,
            ServiceRequest.post(
                ServiceRequest.Caller.RESULTS, "/results", BODY, "key-1", 1000, false))
        .kind();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 415, 422, 500})
  void sendsTheFirstBatchAgainAsItIsAndCompressesNothingMore(int refusal) throws Exception {
    answer(refusal, 200);
    assertThat(send()).isEqualTo(Answer.Kind.OK);
    assertThat(send()).isEqualTo(Answer.Kind.OK);
    assertThat(seen).containsExactly("gzip " + refusal, "plain 200", "plain 200");
    assertThat(client.standing(ServiceRequest.Caller.DISPATCH).said()).isEmpty();
  }

  @Test
  void compressesEverythingOnceABatchWasTakenSo() throws Exception {
    answer(200, 200);
    assertThat(tell()).isEqualTo(Answer.Kind.OK);
    assertThat(send()).isEqualTo(Answer.Kind.OK);
    assertThat(tell()).isEqualTo(Answer.Kind.OK);
    assertThat(send()).isEqualTo(Answer.Kind.OK);
    assertThat(seen).containsExactly("plain 200", "gzip 200", "gzip 200", "gzip 200");
  }

  @Test
  void triesAgainAfterABatchThatIsRefusedEitherWay() throws Exception {
    answer(400, 400);
    assertThat(send()).isEqualTo(Answer.Kind.REFUSED);
    answer(200, 200);
    assertThat(send()).isEqualTo(Answer.Kind.OK);
    assertThat(seen).containsExactly("gzip 400", "plain 400", "gzip 200");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void learnsNothingFromAServiceThatIsBusy(int status) throws Exception {
    answer(status, 200);
    assertThat(send()).isEqualTo(Answer.Kind.FAILED);
    answer(200, 200);
    assertThat(send()).isEqualTo(Answer.Kind.OK);
    assertThat(seen).containsExactly("gzip " + status, "gzip 200");
  }

  @Test
  void triesAgainAfterAReload() throws Exception {
    answer(415, 200);
    send();
    client.reconfigure(TestConfig.of(service.url(), "compression = gzip"));
    answer(200, 200);
    send();
    send();
    assertThat(seen).containsExactly("gzip 415", "plain 200", "gzip 200", "gzip 200");
  }
}
