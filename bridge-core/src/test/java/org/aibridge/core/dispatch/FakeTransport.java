package org.aibridge.core.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;

/** A service without a socket: it answers inside {@link #trySend}, or when the test lets it. */
final class FakeTransport implements Transport {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** One request as the service saw it. */
  record Sent(String key, List<JsonNode> events, int bytes, String body) {
    List<String> ids() {
      return events.stream().map(e -> e.path("event_id").asText()).toList();
    }

    int size() {
      return events.size();
    }

    boolean hasPoison() {
      return events.stream().anyMatch(e -> e.path("payload").path("poison").asBoolean());
    }
  }

  final List<Sent> sent = new ArrayList<>();

  /** The events of answers of the kind OK, in order, rejected ones included. */
  final List<JsonNode> taken = new ArrayList<>();

  final Deque<Runnable> pending = new ArrayDeque<>();
  boolean holdAnswers;
  boolean throwing;
  long waitNanos;
  long notBeforeMs;
  int inFlight;
  int mostInFlight;

  /** What the service says; null is no answer, ever. */
  Function<Sent, Answer> service = request -> ok();

  @Override
  public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
    if (throwing) {
      throw new IllegalStateException("thrown by the test");
    }
    if (waitNanos > 0) {
      return waitNanos;
    }
    Sent seen = read(request);
    sent.add(seen);
    Answer answer = service.apply(seen);
    if (answer == null) {
      return 0;
    }
    if (answer.kind() == Answer.Kind.OK) {
      taken.addAll(seen.events);
    }
    inFlight++;
    mostInFlight = Math.max(mostInFlight, inFlight);
    Runnable deliver =
        () -> {
          inFlight--;
          onAnswer.accept(answer);
        };
    if (holdAnswers) {
      pending.add(deliver);
    } else {
      deliver.run();
    }
    return 0;
  }

  @Override
  public long notBeforeMs() {
    return notBeforeMs;
  }

  List<String> takenIds() {
    return taken.stream().map(e -> e.path("event_id").asText()).toList();
  }

  static Answer ok() {
    return answer(Answer.Kind.OK, 200, "");
  }

  static Answer answer(Answer.Kind kind, int status, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new Answer(
        kind, status, -1, bytes, kind == Answer.Kind.OK ? "" : "HTTP " + status, 1000);
  }

  static Answer refused() {
    return answer(Answer.Kind.REFUSED, 422, "{\"detail\":\"no\"}");
  }

  static Answer failed() {
    return answer(Answer.Kind.FAILED, 500, "");
  }

  static Answer lost() {
    return answer(Answer.Kind.NO_ANSWER, 0, "");
  }

  private static Sent read(ServiceRequest request) {
    try {
      List<JsonNode> events = new ArrayList<>();
      MAPPER.readTree(request.body()).path("events").forEach(events::add);
      String body = new String(request.body(), StandardCharsets.UTF_8);
      return new Sent(request.idempotencyKey(), events, request.body().length, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
