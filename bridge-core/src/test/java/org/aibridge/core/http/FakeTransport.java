package org.aibridge.core.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aibridge.core.run.Foreign;

/**
 * A service without a socket: it keeps what was sent until the test answers it, or answers inside
 * {@link #trySend} what {@link #service} says.
 */
public final class FakeTransport implements Transport {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** One request as the service saw it. */
  public record Sent(ServiceRequest request, Consumer<Answer> onAnswer, Thread thread) {
    public boolean isPoll() {
      return request.body() == null;
    }

    public String key() {
      return request.idempotencyKey();
    }

    public int bytes() {
      return request.body().length;
    }

    public String body() {
      return new String(request.body(), StandardCharsets.UTF_8);
    }

    public JsonNode json() {
      try {
        return MAPPER.readTree(request.body());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The events of a batch. */
    public List<JsonNode> events() {
      List<JsonNode> events = new ArrayList<>();
      json().path("events").forEach(events::add);
      return events;
    }

    public List<String> ids() {
      return events().stream().map(e -> e.path("event_id").asText()).toList();
    }

    public int size() {
      return events().size();
    }

    public boolean hasPoison() {
      return events().stream().anyMatch(e -> e.path("payload").path("poison").asBoolean());
    }

    public void answer(Answer.Kind kind, int status, byte[] body) {
      onAnswer.accept(FakeTransport.answer(kind, status, body));
    }

    public void answer(Answer.Kind kind, int status) {
      answer(kind, status, new byte[0]);
    }

    public void ok(String body) {
      answer(Answer.Kind.OK, 200, body.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Every request, in order. */
  public final List<Sent> sent = new ArrayList<>();

  /** The events that {@link #service} took, in order, rejected ones included. */
  public final List<JsonNode> taken = new ArrayList<>();

  /** What {@link #service} says while {@link #holdAnswers}; each is to be run by the test. */
  public final Deque<Runnable> pending = new ArrayDeque<>();

  public boolean holdAnswers;

  /** What the service says at once; where it or its answer is null the request stays open. */
  public Function<Sent, Answer> service;

  /** What {@link #trySend} answers while it sends nothing; 0 sends. */
  public long waitNanos;

  /** What {@link #trySend} throws, or null. */
  public Throwable thrown;

  public long notBeforeMs;

  /** How often it was asked. */
  public int asked;

  public int inFlight;
  public int mostInFlight;

  private final Queue<Sent> open = new ArrayDeque<>();

  @Override
  public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
    asked++;
    if (thrown != null) {
      Foreign.sneak(thrown);
    }
    if (waitNanos > 0) {
      return waitNanos;
    }
    Sent seen = new Sent(request, onAnswer, Thread.currentThread());
    sent.add(seen);
    Answer answer = service == null ? null : service.apply(seen);
    if (answer == null) {
      open.add(seen);
    } else {
      deliver(seen, answer);
    }
    return 0;
  }

  private void deliver(Sent seen, Answer answer) {
    if (answer.kind() == Answer.Kind.OK) {
      taken.addAll(seen.events());
    }
    inFlight++;
    mostInFlight = Math.max(mostInFlight, inFlight);
    Runnable deliver =
        () -> {
          inFlight--;
          seen.onAnswer.accept(answer);
        };
    if (holdAnswers) {
      pending.add(deliver);
    } else {
      deliver.run();
    }
  }

  @Override
  public long notBeforeMs() {
    return notBeforeMs;
  }

  /** The oldest request without an answer, or null. */
  public Sent next() {
    return open.poll();
  }

  /** How many requests wait for an answer. */
  public int openCount() {
    return open.size();
  }

  /** The POSTs so far. */
  public List<Sent> reports() {
    return sent.stream().filter(s -> !s.isPoll()).toList();
  }

  /** The GETs so far. */
  public List<Sent> polls() {
    return sent.stream().filter(Sent::isPoll).toList();
  }

  public List<String> takenIds() {
    return taken.stream().map(e -> e.path("event_id").asText()).toList();
  }

  public static Answer ok() {
    return answer(Answer.Kind.OK, 200, "");
  }

  public static Answer answer(Answer.Kind kind, int status, String body) {
    return answer(kind, status, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Answer answer(Answer.Kind kind, int status, byte[] body) {
    String problem = kind == Answer.Kind.OK ? "" : "HTTP " + status;
    return new Answer(kind, status, -1, body, problem, 1000);
  }

  public static Answer refused() {
    return answer(Answer.Kind.REFUSED, 422, "{\"detail\":\"no\"}");
  }

  public static Answer failed() {
    return answer(Answer.Kind.FAILED, 500, "");
  }

  public static Answer lost() {
    return answer(Answer.Kind.NO_ANSWER, 0, "");
  }
}
