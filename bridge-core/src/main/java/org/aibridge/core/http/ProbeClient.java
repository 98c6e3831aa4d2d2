package org.aibridge.core.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okio.BufferedSource;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Verdict;

/**
 * Asks the AI service as the bridge does, for a command that sends a few requests. Needs no close.
 */
public final class ProbeClient {
  /** The most bytes that are read of an answer; enough to see whether the service answers. */
  private static final int MAX_BYTES = 1 << 20;

  private final BridgeConfig config;
  private final HttpUrl base;
  private final OkHttpClient client;

  /**
   * Makes a client; no connection is opened.
   *
   * @throws IOException if the TLS files cannot be used
   */
  public ProbeClient(BridgeConfig config) throws IOException {
    this.config = config;
    this.base = Connections.base(config);
    this.client = Connections.ofService(config, Dns.SYSTEM, new WatchedSockets()).build();
  }

  /**
   * Returns the answer to a GET of {@code path}, below {@code base_url}; the caller closes the
   * answer, and reads its body on the calling thread. Waits at most the configured timeouts.
   *
   * @throws IOException if no answer comes, with a sentence that does not contain the key
   */
  public Response get(String path) throws IOException {
    return execute(ServiceRequest.get(ServiceRequest.Caller.ACTIONS, path, MAX_BYTES, false));
  }

  /**
   * Sends events as the bridge does, and returns the answer to them, whose latency is not measured.
   * Waits at most the configured timeouts.
   *
   * @throws IOException if no answer comes, with a sentence that does not contain the key
   */
  public Answer send(EventBatch batch) throws IOException {
    ServiceRequest request =
        ServiceRequest.post(
            ServiceRequest.Caller.DISPATCH,
            config.aiService().paths().events(),
            batch.body(),
            batch.key(),
            MAX_BYTES,
            true);
    try (Response response = execute(request)) {
      BufferedSource source = response.body().source();
      AnswerReader.Head head =
          new AnswerReader.Head(
              response.code(),
              response.header("Content-Type", ""),
              response.header("Content-Encoding", ""),
              response.header("Location", ""),
              -1);
      byte[] body = source.inputStream().readNBytes(MAX_BYTES);
      AnswerReader.Body kept = new AnswerReader.Body(body, source::exhausted);
      return AnswerReader.read(request, true, head, kept, config.aiService().apiKey(), 0);
    }
  }

  /** Returns what an answer says about the events of {@code batch}. */
  public Verdict verdict(Answer answer, EventBatch batch) {
    return EventVerdicts.of(answer, batch, config.aiService().apiKey()::hideIn);
  }

  /**
   * Returns why scripts may not ask for {@code url}; empty if they may, as far as the text tells.
   *
   * @param body the body to post; null for a GET
   */
  public String scriptRefusal(String url, byte[] body) {
    if (url.length() > config.scriptHttp().maxUrlLength()) {
      return "it has more than " + config.scriptHttp().maxUrlLength() + " characters";
    }
    ScriptAddress.Places places = ScriptAddress.Places.of(base, config);
    ScriptAddress to = ScriptAddress.of(places, url);
    if (body != null && to.takesEvents(places)) {
      return "";
    }
    boolean elsewhere = to.problem().isEmpty() && !ScriptAddress.isService(base, to.url());
    return elsewhere ? networkRefusal(to.url().host()) : to.problem();
  }

  /**
   * Returns why scripts may not go to {@code host} if that is an address, or this machine; empty
   * for a name, whose addresses are judged when it is asked, and for an address that they may.
   */
  public String networkRefusal(String host) {
    try {
      boolean known = host.equals("localhost") || host.matches("[0-9.]+|.*:.*");
      return known
          ? new AddressRules(config.scriptHttp().allowedNetworks())
              .refusal(InetAddress.getByName(host))
          : "";
    } catch (UnknownHostException e) {
      return "";
    }
  }

  private Response execute(ServiceRequest request) throws IOException {
    Exchange exchange = new Exchange(Connections.callTimeout(config).toNanos(), MAX_BYTES);
    WatchedSockets.carry(exchange);
    HttpUrl url = ScriptAddress.resolve(base, request.url());
    try {
      return client
          .newCall(DressedRequest.of(config, request, url, true, false, exchange))
          .execute();
    } catch (IllegalArgumentException e) {
      // The caller must not see this exception: its message contains the API key.
      String header = config.aiService().apiKeyHeader();
      throw new IOException("the header " + header + " cannot carry the api key");
    }
  }

  /** Returns what the status of an answer means to a bridge that polls. */
  public static Answer.Kind kind(Response response) {
    return AnswerReader.kind(ServiceRequest.Caller.ACTIONS, response.code(), false);
  }
}
