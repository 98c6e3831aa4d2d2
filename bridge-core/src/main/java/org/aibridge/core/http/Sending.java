package org.aibridge.core.http;

import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/**
 * One request on its way, by one call at a time.
 *
 * <p>Made by whoever sends, then for the thread that carries it.
 */
final class Sending {
  final ClientSettings settings;
  final ServiceRequest request;
  final HttpUrl url;

  /** Whether it goes to the service. */
  final boolean ours;

  final Leave leave;
  final Consumer<Answer> onAnswer;
  private Call call;
  private Exchange exchange;

  /** Makes its first call; no connection is opened. */
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
    newCall();
  }

  void newCall() {
    OkHttpClient client = settings.clientFor(request, ours);
    exchange = new Exchange(client.callTimeoutMillis() * 1_000_000L, request.maxAnswerBytes());
    call = client.newCall(DressedRequest.of(settings.config(), request, url, ours, exchange));
  }

  Call call() {
    return call;
  }

  /** What is known of {@link #call}. */
  Exchange exchange() {
    return exchange;
  }

  /**
   * Whether the call met a connection whose other end had gone, and nobody else repeats it: a
   * script asks once, and hosts close what is idle after some seconds. What changes nothing may be
   * sent twice.
   */
  boolean mayRepeat() {
    return exchange.stale
        && request.caller() == ServiceRequest.Caller.SCRIPT
        && request.body() == null;
  }

  /** The same answer, with what was said instead of what was asked for, for those who ask why. */
  Answer saying(Answer answer) {
    return switch (answer.kind()) {
      case OK, LOCAL_FAILURE, CANCELLED -> answer;
      default -> {
        String words = answer.said().isEmpty() ? answer.problem() : answer.said();
        String where = ScriptAddress.authority(url);
        yield answer.saying(
            (request.body() == null ? "GET " : "POST ")
                + (words.startsWith(where) ? "" : where)
                + url.encodedPath()
                + ": "
                + words);
      }
    };
  }
}
