package org.aibridge.core.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.aibridge.core.config.BridgeConfig;

/** Builds an OkHttp request: the headers that identify us, the idempotency key, the body. */
final class DressedRequest {
  private static final MediaType JSON = MediaType.get("application/json");

  private DressedRequest() {}

  /**
   * Returns {@code request} as OkHttp sends it.
   *
   * @param ours true if the request goes to the service; other hosts learn nothing of us
   * @param gzip true to compress the body
   */
  static Request of(
      BridgeConfig config,
      ServiceRequest request,
      HttpUrl url,
      boolean ours,
      boolean gzip,
      Exchange exchange) {
    Request.Builder builder = new Request.Builder().url(url).tag(Exchange.class, exchange);
    BridgeConfig.AiService service = config.aiService();
    if (ours) {
      builder.header("X-Server-Id", config.bridge().serverId());
      if (service.apiKey().isPresent()) {
        boolean bearer = service.apiKeyHeader().equalsIgnoreCase("Authorization");
        builder.header(
            service.apiKeyHeader(), (bearer ? "Bearer " : "") + service.apiKey().reveal());
      }
    }
    if (request.idempotencyKey() != null) {
      builder.header("Idempotency-Key", request.idempotencyKey());
    }
    if (request.body() != null) {
      if (gzip) {
        builder.header("Content-Encoding", "gzip");
      }
      builder.post(new OneShotBody(gzip ? gzip(request.body()) : request.body()));
    }
    return builder.build();
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A body that OkHttp may send only once, so that it does not repeat a POST by itself. */
  private static final class OneShotBody extends RequestBody {
    private final byte[] bytes;

    OneShotBody(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public long contentLength() {
      return bytes.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.write(bytes);
    }
  }
}
