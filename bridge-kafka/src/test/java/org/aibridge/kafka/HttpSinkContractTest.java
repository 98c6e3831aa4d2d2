package org.aibridge.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/** The contract of sinks, kept over HTTP. */
class HttpSinkContractTest extends SinkContract {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<JsonNode> taken = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private LoopbackServer<Call> server;
  private int port;
  private volatile int mostBytes = Integer.MAX_VALUE;
  private volatile boolean forbidden;

  @Override
  String settings() throws Exception {
    start();
    return "[ai_service]\nbase_url = http://127.0.0.1:" + port + "\n";
  }

  private void handle(Call call) throws IOException {
    byte[] body = call.body();
    if (forbidden) {
      call.answer(401, "{\"error\":\"who are you?\"}");
    } else if (!call.path().endsWith("/dispatch")) {
      call.answer(200, "{}");
    } else if (body.length > mostBytes) {
      call.answer(413, "{\"error\":\"too large\"}");
    } else {
      call.answer(200, "{\"accepted\":" + take(call.header("idempotency-key"), body) + "}");
    }
  }

  private synchronized int take(String key, byte[] body) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    MAPPER.readTree(body).path("events").forEach(events::add);
    if (keys.add(key)) {
      taken.addAll(events);
    }
    return events.size();
  }

  @Override
  void limit() {
    mostBytes = MOST_BYTES;
  }

  @Override
  void forbid() {
    forbidden = true;
  }

  @Override
  void allow() {
    forbidden = false;
  }

  @Override
  void stop() {
    server.close();
  }

  @Override
  void start() throws Exception {
    server = new LoopbackServer<>(port, "service", 0, Call::new, this::handle);
    port = server.port();
  }

  @Override
  synchronized List<JsonNode> taken() {
    return List.copyOf(taken);
  }
}
