package org.aibridge.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/**
 * An AI service on this machine that reads each event from its first byte to its last and counts it
 * before it responds. Understands the bridge's batches, OpenTelemetry's OTLP and Segment's batches.
 */
public final class LocalService implements AutoCloseable {
  /** How the service answers requests. */
  public enum Mood {
    HEALTHY,
    /** Each response takes 800 ms. */
    SLOW,
    /** No response comes. */
    HANGING,
    /** The service answers 200 for one second, then 503 for one second, and so on. */
    FLAPPING
  }

  private static final JsonFactory JSON = new JsonFactory();
  private static final long SLOW_NANOS = 800_000_000;
  private static final long HANG_NANOS = 20_000_000;
  private static final long FLAP_NANOS = 1_000_000_000;

  private final LoopbackServer<Call> server;
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong actionsLeft = new AtomicLong();
  private volatile Mood mood = Mood.HEALTHY;
  private volatile boolean closed;

  public LocalService() throws IOException {
    server = new LoopbackServer<>(0, "local service", 0, Call::new, this::serve);
  }

  /** The base URL of the service. */
  public String url() {
    return server.baseUrl();
  }

  /** Changes how the service behaves from now on. */
  public void behave(Mood newMood) {
    mood = newMood;
  }

  /** The number of events that were read and acknowledged. */
  public long events() {
    return events.get();
  }

  /** Makes {@code count} more actions available to the next polls. */
  public void offerActions(int count) {
    actionsLeft.addAndGet(count);
  }

  /** Stops the service and releases requests that hang. */
  @Override
  public void close() {
    closed = true;
    server.close();
  }

  private void serve(Call call) throws IOException {
    String path = call.path();
    int status = path.startsWith("/api/v1/actions") ? 200 : mood();
    long read = 0;
    if (path.endsWith("/logs")) {
      read = Otlp.countRecords(call.body());
    } else if (call.method().equals("POST")) {
      read = countJson(call.body());
    }
    if (status == 200) {
      events.addAndGet(read);
    }
    call.answer(status, path.endsWith("/pending") ? pending() : "{}");
  }

  /** Waits as the current mood requires, and returns the HTTP status to send. */
  private int mood() {
    long start = System.nanoTime();
    Mood now = mood;
    if (now == Mood.SLOW) {
      LockSupport.parkNanos(SLOW_NANOS);
    }
    while (mood == Mood.HANGING && !closed) {
      LockSupport.parkNanos(HANG_NANOS);
    }
    return now == Mood.FLAPPING && start / FLAP_NANOS % 2 == 1 ? 503 : 200;
  }

  private String pending() {
    StringBuilder actions = new StringBuilder("{\"actions\":[");
    for (int i = 0; i < 100 && takeOne(); i++) {
      actions
          .append(i == 0 ? "" : ",")
          .append("{\"action_id\":\"a")
          .append(offered.incrementAndGet())
          .append("\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hello\"}}");
    }
    return actions.append("]}").toString();
  }

  private boolean takeOne() {
    return actionsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  /** Returns the number of objects in the body's first array; 1 if the body has no array. */
  private static long countJson(byte[] body) throws IOException {
    long found = 0;
    int depth = 0;
    int arrayDepth = 0;
    try (JsonParser json = JSON.createParser(body)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isStructStart()) {
          depth++;
          if (arrayDepth == 0 && token == JsonToken.START_ARRAY) {
            arrayDepth = depth;
          } else if (arrayDepth > 0 && depth == arrayDepth + 1) {
            found++;
          }
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token.isScalarValue()) {
          json.getTextLength();
        }
      }
    }
    return arrayDepth == 0 ? 1 : found;
  }
}
