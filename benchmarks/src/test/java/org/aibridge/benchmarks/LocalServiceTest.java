package org.aibridge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.aibridge.api.AiBridge;
import org.aibridge.benchmarks.LocalService.Mood;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
@Timeout(60)
class LocalServiceTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String THREE = "{\"events\":[{\"a\":[1,{}]},{\"b\":{\"c\":[]}},{}]}";

  @Test
  void countsTheEventsOfABatchAndNotWhatIsInThem() throws Exception {
    try (LocalService service = new LocalService()) {
      assertThat(post(service, THREE.getBytes(StandardCharsets.UTF_8), "identity")).isEqualTo(200);
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(THREE.getBytes(StandardCharsets.UTF_8));
      }
      assertThat(post(service, packed.toByteArray(), "gzip")).isEqualTo(200);
      assertThat(service.events()).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip"})
  void countsTheRecordsOfAnOtlpExport(String compression) throws Exception {
    try (LocalService service = new LocalService();
        SdkLoggerProvider provider =
            SdkLoggerProvider.builder()
                .addLogRecordProcessor(
                    BatchLogRecordProcessor.builder(
                            OtlpHttpLogRecordExporter.builder()
                                .setEndpoint(service.url() + "/v1/logs")
                                .setCompression(compression)
                                .build())
                        .build())
                .build()) {
      for (int i = 0; i < 1234; i++) {
        provider
            .get("test")
            .logRecordBuilder()
            .setBody("a kill")
            .setAttribute(AttributeKey.longKey("player_id"), (long) i)
            .emit();
      }
      assertThat(provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess()).isTrue();
      assertThat(service.events()).isEqualTo(1234);
    }
  }

  @Test
  void acknowledgesWhatTheBridgeDelivers() throws Exception {
    try (LocalService service = new LocalService();
        Scene scene = Scene.at(service.url())) {
      AiBridge bridge = scene.set("bridge", "shutdown_timeout", 20_000).start();
      for (int i = 0; i < 777; i++) {
        assertThat(bridge.publish(i % 2 == 0 ? Scene.KILL : Scene.CUSTOM)).isTrue();
      }
      bridge.close();
      assertThat(bridge.status().events().delivered()).isEqualTo(777);
      assertThat(service.events()).isEqualTo(777);
    }
  }

  @Test
  void countsNothingThatItRefuses() throws Exception {
    try (LocalService service = new LocalService()) {
      service.behave(Mood.FLAPPING);
      int refused = 0;
      int taken = 0;
      while (refused == 0 || taken == 0) {
        int status = post(service, THREE.getBytes(StandardCharsets.UTF_8), "identity");
        taken += status == 200 ? 1 : 0;
        refused += status == 503 ? 1 : 0;
      }
      assertThat(service.events()).isEqualTo(3L * taken);
    }
  }

  private static int post(LocalService service, byte[] body, String encoding) throws Exception {
    return CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(service.url() + "/api/v1/events/dispatch"))
                .header("Content-Encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
