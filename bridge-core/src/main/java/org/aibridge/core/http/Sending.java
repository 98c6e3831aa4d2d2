package org.aibridge.core.http;

import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.aibridge.core.config.Secret;

/**
 * One request under way, with one call at a time.
 *
 * <p>Made by the sending thread; used afterwards by the thread that carries the call.
 */
final class Sending {
  final ClientSettings settings;
  final ServiceRequest request;
  final HttpUrl url;

  /** True if the request goes to the service, false if it goes to another host. */
  final boolean ours;

  final Leave leave;
  final Consumer<Answer> onAnswer;
  private Call call;
  private Exchange exchange;
  private boolean isCompressed;

  /** Creates the request's first call; opens no connection. */
  Sending(
      ClientSettings settings,
      ServiceRequest request,
      HttpUrl url,
      Leave leave,
      Consumer<Answer> onAnswer) {
    this.settings = settings;
    this.request = request;
    this.url = url;
    this.ours = ScriptAddress.isService(settings.base(), url);
    this.leave = leave;
    this.onAnswer = onAnswer;
    newCall(ours && request.body() != null && settings.compression().isTaken());
  }

  /** Creates a new call; {@code compressed} tells whether the body is compressed. */
  void newCall(boolean compressed) {
    OkHttpClient client = settings.clientFor(request, ours);
    Exchange made = new Exchange(client.callTimeoutMillis() * 1_000_000L, request.maxAnswerBytes());
    call =
        client.newCall(DressedRequest.of(settings.config(), request, url, ours, compressed, made));
    // Set only now: if the new call cannot be made, the earlier call keeps its exchange.
    exchange = made;
    isCompressed = compressed;
  }

  boolean isCompressed() {
    return isCompressed;
  }

  /** True if this request should find out whether the service accepts compressed bodies. */
  boolean mayTryCompression() {
    return ours && settings.compression().mayTry(request);
  }

  Call call() {
    return call;
  }

  /** The exchange for the current {@link #call}. */
  Exchange exchange() {
    return exchange;
  }

  /**
   * True if the call met a connection whose other end had closed, as many services do after some
   * idle seconds, and may be made once more: that is no failure of the service. Of scripts only a
   * GET is repeated, as it changes nothing; what the bridge itself sends has a key or an id.
   */
  boolean mayRepeat() {
    return exchange.stale
        && (request.caller() != ServiceRequest.Caller.SCRIPT || request.body() == null);
  }

  /** True if the request goes to the operator's webhook, whose URL contains a key. */
  private boolean isWebhook() {
    Secret webhook = settings.config().notifications().webhook();
    return webhook.isPresent() && webhook.reveal().equals(request.url());
  }

  /**
   * Returns the answer with words for an operator: the request, and what was wrong with the answer.
   */
  Answer saying(Answer answer) {
    return switch (answer.kind()) {
      case OK, LOCAL_FAILURE, CANCELLED -> answer;
      default -> {
        String words = answer.said().isEmpty() ? answer.problem() : answer.said();
        String where = ScriptAddress.authority(url);
        Secret path = new Secret(isWebhook() ? url.encodedPath() : "");
        yield answer.saying(
            (request.body() == null ? "GET " : "POST ")
                + (words.startsWith(where) ? "" : where)
                + (path.isPresent() ? "/" + path : url.encodedPath())
                + ": "
                + path.hideIn(words));
      }
    };
  }
}
