package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.HttpActionSource;
import org.aibridge.core.http.HttpEventSink;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.TestConfig;
import org.aibridge.core.http.Transport;
import org.aibridge.core.http.Wire;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Retries;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events, polls and results, against a service that limits requests, in simulated time. */
class RateLimitedServiceTest {
  private static final String NONE = "{\"actions\":[]}";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long MINUTE_MS = 60_000;

  /** Twenty events a second. */
  private static final long STEP_MS = 50;

  private static final int LIMIT = 100;
  private static final String URL = "http://127.0.0.1:1";

  /** Counts in a window of a minute from the first request on, as services of the field do. */
  private static final class Service {
    private final Bench bench;
    private final int limit;
    private final BiConsumer<Map<String, String>, Integer> headers;
    final List<Long> requestsMs = new ArrayList<>();
    final List<Long> agesMs = new ArrayList<>();
    final Map<String, Integer> byPath = new LinkedHashMap<>();
    final List<Long> urgentMs = new ArrayList<>();
    int refused;
    int events;
    private long windowMs;
    private int count;

    /**
     * @param headers puts what the service says into the answer's headers, told how many requests
     *     are left
     */
    Service(Bench bench, int limit, BiConsumer<Map<String, String>, Integer> headers) {
      this.bench = bench;
      this.limit = limit;
      this.headers = headers;
    }

    /** Counts requests of somebody else in the window. */
    synchronized void others(int requests) {
      count += requests;
    }

    /** Returns the status, having put the answer's headers. */
    synchronized int answer(String path, byte[] body, Map<String, String> put) {
      long now = bench.clock.epochMs();
      requestsMs.add(now);
      byPath.merge(path, 1, Integer::sum);
      if (now - windowMs >= MINUTE_MS) {
        windowMs = now;
        count = 0;
      }
      count++;
      if (count > 1) { // The first answer of a window says nothing.
        headers.accept(put, Math.max(0, limit - count));
      }
      if (count > limit) {
        put.put("Retry-After", "60");
        refused++;
        return 429;
      }
      for (JsonNode event : json(body).path("events")) {
        events++;
        agesMs.add(now - event.path("timestamp").asLong());
        if (event.path("priority").asText().equals("urgent")) {
          urgentMs.add(now - event.path("timestamp").asLong());
        }
      }
      return 200;
    }

    long resetMs() {
      return windowMs + MINUTE_MS - bench.clock.epochMs();
    }

    int mostInAMinute() {
      int most = 0;
      for (int from = 0, to = 0; to < requestsMs.size(); to++) {
        while (requestsMs.get(to) - requestsMs.get(from) >= MINUTE_MS) {
          from++;
        }
        most = Math.max(most, to - from + 1);
      }
      return most;
    }

    long ageMs(double share) {
      Collections.sort(agesMs);
      return agesMs.get((int) (agesMs.size() * share));
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers each call on the thread that makes it. */
  private record InProcess(Service service) implements Wire {
    @Override
    public OkHttpClient client(OkHttpClient plain) {
      return plain.newBuilder().addInterceptor(this::answer).build();
    }

    private Response answer(Interceptor.Chain chain) throws IOException {
      Buffer body = new Buffer();
      if (chain.request().body() != null) {
        chain.request().body().writeTo(body);
      }
      Map<String, String> headers = new LinkedHashMap<>();
      String path = chain.request().url().encodedPath();
      int status = service.answer(path, body.readByteArray(), headers);
      Response.Builder response =
          new Response.Builder()
              .request(chain.request())
              .protocol(Protocol.HTTP_1_1)
              .code(status)
              .message("")
              .body(ResponseBody.create(NONE, null));
      headers.forEach(response::header);
      return response.build();
    }

    @Override
    public ExecutorService threads(ThreadFactory factory) {
      return new AbstractExecutorService() {
        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
          return List.of();
        }

        @Override
        public boolean isShutdown() {
          return false;
        }

        @Override
        public boolean isTerminated() {
          return true;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
          return true;
        }
      };
    }
  }

  /** The bridge's own requests: a batch when one is due, a poll a second, results at times. */
  private static final class Traffic implements AutoCloseable {
    private final Bench bench;
    private final ServiceClient client;
    private final HttpActionSource actions;
    private final AtomicInteger underWay = new AtomicInteger();
    private int published;
    private int results;
    private long pollAtMs;
    private long resultAtMs;

    Traffic(Bench bench, String url, String lines, Wire wire) throws IOException {
      this.bench = bench;
      BridgeConfig config = TestConfig.of(url, lines);
      client = new ServiceClient(config, bench.clock, "limited", wire);
      Transport counted =
          new Transport() {
            @Override
            public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
              underWay.incrementAndGet();
              long wait =
                  client.trySend(
                      request,
                      answer -> {
                        onAnswer.accept(answer);
                        underWay.decrementAndGet();
                      });
              if (wait > 0) {
                underWay.decrementAndGet();
              }
              return wait;
            }

            @Override
            public long notBeforeMs() {
              return client.notBeforeMs();
            }
          };
      actions = new HttpActionSource(counted, () -> config, bench.clock);
      bench.dispatcher.close();
      bench.dispatcher =
          new Dispatcher(
              () -> config,
              bench.journal,
              new HttpEventSink(counted, () -> config, bench.clock),
              bench.letters::add,
              () -> new Retries(3, Duration.ofSeconds(1), () -> 0.5),
              bench.clock,
              () -> {});
    }

    void run(Duration time) {
      long until = bench.clock.epochMs() + time.toMillis();
      while (bench.clock.epochMs() < until) {
        bench.publish(1, published++ % 40);
        step();
      }
    }

    void step() {
      client.beat();
      long now = bench.clock.epochMs();
      bench.dispatcher.runOnce();
      if (now >= pollAtMs) {
        long wait = actions.tryAsk(20, 0, "", offered -> {});
        pollAtMs = now + (wait > 0 ? wait / 1_000_000 + 1 : 1000);
      }
      if (now >= resultAtMs) {
        ResultBatch result = new ResultBatch("r" + results, 1, new byte[] {'{', '}'});
        long wait = actions.tryTell(result, verdict -> {});
        results += wait > 0 ? 0 : 1;
        resultAtMs = now + (wait > 0 ? wait / 1_000_000 + 1 : 10_000);
      }
      while (underWay.get() > 0) {
        Thread.yield();
      }
      bench.dispatcher.runOnce();
      bench.clock.advance(Duration.ofMillis(STEP_MS));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static BiConsumer<Map<String, String>, Integer> truth(Service[] of) {
    return (headers, left) -> {
      headers.put("X-RateLimit-Limit", Integer.toString(LIMIT));
      headers.put("X-RateLimit-Remaining", Integer.toString(left));
      headers.put("X-RateLimit-Reset", Long.toString(of[0].resetMs() / 1000));
    };
  }

  private static void assertWithinTheLimit(Bench bench, Service service) {
    assertThat(service.refused).isZero();
    assertThat(service.mostInAMinute()).isLessThanOrEqualTo(80);
    assertThat(service.ageMs(0.99)).isLessThanOrEqualTo(3000);
    assertThat(bench.letters).isEmpty();
    assertThat(service.byPath.get("/api/v1/actions/pending")).as("polls").isGreaterThan(15);
    assertThat(service.byPath.get("/api/v1/actions/complete")).as("results").isGreaterThan(15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "max_requests_per_minute = 100"})
  void keepsTwentyEventsASecondTogetherWithPollsAndResultsToFourFifths(String line)
      throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service[] service = new Service[1];
      BiConsumer<Map<String, String>, Integer> says = truth(service);
      service[0] = new Service(bench, LIMIT, line.isEmpty() ? says : (headers, left) -> {});
      try (Traffic traffic = new Traffic(bench, URL, line, new InProcess(service[0]))) {
        traffic.run(Duration.ofMinutes(10));
      }
      assertWithinTheLimit(bench, service[0]);
    }
  }

  @Test
  @Tag("slow")
  void keepsToItOverRealSockets() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service[] service = new Service[1];
      service[0] = new Service(bench, LIMIT, truth(service));
      server.createContext(
          "/",
          exchange -> {
            Map<String, String> headers = new LinkedHashMap<>();
            byte[] body = exchange.getRequestBody().readAllBytes();
            int status = service[0].answer(exchange.getRequestURI().getPath(), body, headers);
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, NONE.length());
            exchange.getResponseBody().write(NONE.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
          });
      server.start();
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      try (Traffic traffic = new Traffic(bench, url, "", Wire.OF_MACHINE)) {
        traffic.run(Duration.ofMinutes(3));
      }
      assertWithinTheLimit(bench, service[0]);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void capsNothingBeforeALimitIsTold() throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service service = new Service(bench, Integer.MAX_VALUE, (headers, left) -> {});
      try (Traffic traffic = new Traffic(bench, URL, "", new InProcess(service))) {
        traffic.run(Duration.ofMinutes(2));
      }
      assertThat(service.byPath.get("/api/v1/actions/pending")).isBetween(118, 121);
      assertThat(service.ageMs(0.99)).isLessThanOrEqualTo(1000);
    }
  }

  @Test
  void sendsUrgentEventsAtOnceAlsoWhenRequestsAreScarce() throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service[] service = new Service[1];
      service[0] = new Service(bench, LIMIT, truth(service));
      try (Traffic traffic = new Traffic(bench, URL, "", new InProcess(service[0]))) {
        for (int i = 0; i < 20; i++) {
          traffic.run(Duration.ofSeconds(5));
          bench.publish(GameEvent.dailyReset());
        }
        traffic.run(Duration.ofSeconds(1));
      }
      assertThat(service[0].urgentMs).hasSize(20).allMatch(age -> age <= 2 * STEP_MS);
      assertThat(service[0].refused).isZero();
    }
  }

  /** Somebody else at the same address, such as scripts, uses a part of the window. */
  @ParameterizedTest
  @ValueSource(ints = {15, 40, 70})
  void sharesTheWindowWithOthers(int others) throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service[] service = new Service[1];
      service[0] = new Service(bench, LIMIT, truth(service));
      try (Traffic traffic = new Traffic(bench, URL, "", new InProcess(service[0]))) {
        for (int minute = 0; minute < 3; minute++) {
          traffic.run(Duration.ofSeconds(5));
          service[0].others(others);
          traffic.run(Duration.ofSeconds(55));
        }
      }
      assertThat(service[0].refused).isZero();
      assertThat(service[0].events).isGreaterThan(3 * 60 * 20 - 600);
    }
  }

  /** What makes no sense neither stops the bridge nor has it send more than without a limit. */
  @ParameterizedTest
  @CsvSource({
    "-1, -1, -1",
    "0, 0, 0",
    "99999999999999999999, 5, 5",
    "many, few, soon",
    "'', '', ''",
    "100, -7, 30",
    "100, 99999999999, 30",
    "100, 5000, 30",
    "100, 0, -30",
    "100, 0, 0",
    "100, 0, 99999999999999999999",
    "100, 0, 2147483647",
    "100, 0, 1",
    "100, 1, 3600",
    "100, 60, 946684800",
    "100, 60, 4102444800",
    "100, 60, 4102444800000",
    "100, 60, 1e9",
    "'100, 100;w=60', '60', '30'",
    "100.5, 60.5, 30.5",
  })
  void isNeitherStoppedNorMadeToFloodByGarbage(String limit, String remaining, String reset)
      throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service service =
          new Service(
              bench,
              Integer.MAX_VALUE,
              (headers, left) -> {
                headers.put("X-RateLimit-Limit", limit);
                headers.put("X-RateLimit-Remaining", remaining);
                headers.put("X-RateLimit-Reset", reset);
              });
      try (Traffic traffic = new Traffic(bench, URL, "", new InProcess(service))) {
        traffic.run(Duration.ofMinutes(2));
        for (int i = 0; i < MINUTE_MS / STEP_MS; i++) {
          traffic.step();
        }
      }
      assertThat(service.events).as("delivered").isGreaterThan(2000);
      assertThat(service.mostInAMinute()).isLessThan(140);
      assertThat(bench.letters).isEmpty();
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(ints = {1, 5})
  void keepsToAFewRequestsAMinuteAndLeavesNoneOfItsCallersOut(int limit) throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service service =
          new Service(
              bench,
              Integer.MAX_VALUE,
              (headers, left) -> headers.put("X-RateLimit-Limit", Integer.toString(limit)));
      try (Traffic traffic = new Traffic(bench, URL, "", new InProcess(service))) {
        traffic.run(Duration.ofSeconds(5));
        service.requestsMs.clear();
        service.byPath.clear();
        traffic.run(Duration.ofMinutes(8));
      }
      assertThat(service.mostInAMinute()).isLessThanOrEqualTo(Math.max(1, limit * 4 / 5));
      assertThat(service.requestsMs).hasSizeGreaterThanOrEqualTo(7 * Math.max(1, limit * 4 / 5));
      assertThat(service.byPath).hasSize(3);
      assertThat(service.events).isGreaterThan(1000);
    }
  }

  @Test
  void believesAServiceThatSaysNothingIsLeftOnlyUntilItAnswersAllTheSame() throws IOException {
    try (Bench bench = new Bench("lanes = 4\n")) {
      Service service =
          new Service(
              bench,
              Integer.MAX_VALUE,
              (headers, left) -> {
                headers.put("X-RateLimit-Limit", "100");
                headers.put("X-RateLimit-Remaining", "0");
              });
      try (Traffic traffic = new Traffic(bench, URL, "", new InProcess(service))) {
        traffic.run(Duration.ofMinutes(2));
        service.agesMs.clear();
        traffic.run(Duration.ofMinutes(2));
      }
      assertThat(service.ageMs(0.99)).isLessThanOrEqualTo(3000);
      assertThat(service.mostInAMinute()).isLessThanOrEqualTo(80);
    }
  }
}
