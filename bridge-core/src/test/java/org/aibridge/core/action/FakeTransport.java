package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.Foreign;

/** Keeps what was sent until the test answers it. */
public final class FakeTransport implements Transport {
  /** A request that waits for its answer. */
  public record Sent(ServiceRequest request, Consumer<Answer> onAnswer, Thread thread) {
    public boolean isPoll() {
      return request.body() == null;
    }

    public JsonNode json() {
      try {
        return new ObjectMapper().readTree(request.body());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public void answer(Answer.Kind kind, int status, byte[] body) {
      String problem = kind == Answer.Kind.OK ? "" : "HTTP " + status;
      onAnswer.accept(new Answer(kind, status, -1, body, problem, 1));
    }

    public void answer(Answer.Kind kind, int status) {
      answer(kind, status, new byte[0]);
    }

    public void ok(String body) {
      answer(Answer.Kind.OK, 200, body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private final List<Sent> reports = new ArrayList<>();
  private final List<Sent> polls = new ArrayList<>();
  private final Queue<Sent> open = new ArrayDeque<>();

  /** What {@link #trySend} answers while it sends nothing; 0 sends. */
  public long refuseNanos;

  /** What {@link #trySend} throws, or null. */
  public Throwable thrown;

  /** How often it was asked. */
  public int asked;

  @Override
  public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
    asked++;
    if (thrown != null) {
      Foreign.sneak(thrown);
    }
    if (refuseNanos > 0) {
      return refuseNanos;
    }
    Sent sent = new Sent(request, onAnswer, Thread.currentThread());
    (sent.isPoll() ? polls : reports).add(sent);
    open.add(sent);
    return 0;
  }

  @Override
  public long notBeforeMs() {
    return 0;
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
    return List.copyOf(reports);
  }

  /** The GETs so far. */
  public List<Sent> polls() {
    return List.copyOf(polls);
  }

  /** How many requests were sent. */
  public int sent() {
    return reports.size() + polls.size();
  }
}
