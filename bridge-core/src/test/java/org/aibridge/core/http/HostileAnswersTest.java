package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.torture.HostileAnswers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever stands in an answer, it is one answer to whoever asked, and takes bounded memory. */
@Tag("slow")
class HostileAnswersTest {
  private static final String LINES =
      """
      timeout_read = 2000
      [http_pool]
      keep_alive = false
      [circuit_breaker]
      failure_threshold = 1000
      [event_dispatcher]
      max_retry_after = 1
      [script_http]
      allowed_hosts = 127.0.0.1
      allowed_networks = 127.0.0.0/8
      """;

  private static final List<String> HEADERS =
      List.of(
          "Retry-After",
          "Retry-After",
          "Date",
          "Content-Type",
          "Location",
          "Connection",
          "Set-Cookie",
          "WWW-Authenticate",
          "Proxy-Authenticate",
          "Keep-Alive",
          "Server",
          "X");

  /** A status for which OkHttp has an unchecked exception, before anybody else sees it. */
  private static final String OKHTTP_THROWS = "status line HTTP/1.1 -10";

  /** What lies between two sockets of this machine, and is sent without being read: tcp_rmem. */
  private static final int UNDER_WAY = 64 << 20;

  /** What a thread makes for a call beside the bytes of its answer. */
  private static final int BESIDE_BYTES = 8 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final AtomicLong sent = new AtomicLong();

  /** Who asks, and how much of a body each keeps. */
  private enum Asker {
    POLL(ServiceRequest.Caller.ACTIONS, 8 << 20, true),
    DISPATCH(ServiceRequest.Caller.DISPATCH, 1 << 20, true),
    SCRIPT(ServiceRequest.Caller.SCRIPT, 10_241, false),
    ALLOWED_HOST(ServiceRequest.Caller.SCRIPT, 10_241, false);

    private final ServiceRequest.Caller caller;
    private final int max;
    private final boolean json;

    Asker(ServiceRequest.Caller caller, int max, boolean json) {
      this.caller = caller;
      this.max = max;
      this.json = json;
    }

    ServiceRequest request(String url) {
      byte[] body = this == DISPATCH ? new byte[] {'{', '}'} : null;
      return new ServiceRequest(caller, url, body, body == null ? null : "key", max, json, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Asker.class)
  void areEachOneAnswerOfBoundedSize(Asker asker) throws Exception {
    List<String> wrong = new ArrayList<>();
    try (RawService service = new RawService(RawService.answering(200, "", "{}"));
        RawService other = new RawService(RawService.answering(200, "", "{}"));
        ServiceClient client =
            new ServiceClient(
                TestConfig.of(service.url(), LINES),
                BridgeClock.system(),
                "hostile-" + asker,
                Wire.OF_MACHINE)) {
      RawService asked = asker == Asker.ALLOWED_HOST ? other : service;
      ServiceRequest request = asker.request(asked.url() + "/x");
      long most = 2L * asker.max + (64 << 10);
      for (HostileAnswers.Kind kind : HostileAnswers.all()) {
        asked.behave(hostile(kind));
        sent.set(0);
        int before = asked.received().size();
        long allocated = allocated(asker);
        Answer answer = answer(client, request);
        long taken = allocated(asker) - allocated;
        String what = describe(answer, request, asked.received().size() - before);
        if (!what.isEmpty() && !kind.name().contains(OKHTTP_THROWS)) {
          wrong.add(kind + ": " + what);
        }
        if (sent.get() > most + UNDER_WAY) {
          wrong.add(kind + ": " + sent.get() + " bytes were taken");
        }
        if (taken > 4 * most + BESIDE_BYTES) {
          wrong.add(kind + ": " + taken + " bytes were allocated");
        }
      }
      asked.behave(RawService.answering(200, "", "{\"actions\":[]}"));
      assertThat(answer(client, request).kind())
          .as("the next honest answer")
          .isEqualTo(Answer.Kind.OK);
    }
    assertThat(wrong).isEmpty();
  }

  private static String describe(Answer answer, ServiceRequest request, int requests) {
    if (answer == null) {
      return "no answer in time";
    }
    if (requests != 1) {
      return "asked " + requests + " times";
    }
    if (answer.body().length > request.maxAnswerBytes()) {
      return answer.body().length + " bytes of a body";
    }
    // An error or an exception that nobody expected.
    boolean ours = answer.kind() == Answer.Kind.LOCAL_FAILURE;
    return ours || answer.problem().startsWith("the answer could not be read")
        ? answer.problem()
        : "";
  }

  @Test
  void closesTheConnectionOfOneThatIsTooLargeAndSaysSo() throws Exception {
    HostileAnswers.Kind kind =
        HostileAnswers.all().stream()
            .filter(k -> k.name().equals("a chunk's extension without end, of letters"))
            .findFirst()
            .orElseThrow();
    try (RawService service = new RawService(hostile(kind));
        ServiceClient client =
            new ServiceClient(
                TestConfig.of(service.url(), LINES),
                BridgeClock.system(),
                "too-large",
                Wire.OF_MACHINE)) {
      Answer answer = answer(client, Asker.DISPATCH.request("/x"));
      assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(answer.problem())
          .matches("HTTP 200: an answer that is too large, given up after [67][0-9] KB");
      client.look();
      assertThat(client.stats().connections()).isZero();
    }
  }

  /** Each header that anybody reads, with bytes that mean nothing. */
  @ParameterizedTest
  @EnumSource(Asker.class)
  void whateverAHeaderSaysA200IsTaken(Asker asker) throws Exception {
    List<String> wrong = new ArrayList<>();
    try (RawService service = new RawService(RawService.answering(200, "", "{}"));
        ServiceClient client =
            new ServiceClient(
                TestConfig.of(service.url(), LINES),
                BridgeClock.system(),
                "headers-" + asker,
                Wire.OF_MACHINE)) {
      Random random = new Random(20261129);
      for (int i = 0; i < 300; i++) {
        byte[] head = headOfNonsense(random);
        service.behave(
            (request, connection, out) -> {
              out.write(head);
              connection.close();
            });
        int before = service.received().size();
        Answer answer = answer(client, asker.request("/x"));
        if (answer == null || answer.kind() != Answer.Kind.OK) {
          wrong.add(new String(head, StandardCharsets.ISO_8859_1) + " is " + answer);
        }
        assertThat(service.received()).hasSize(before + 1);
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** A 200 with every header but those that tell where its body ends. */
  private static byte[] headOfNonsense(Random random) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.writeBytes("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
    for (String name : HEADERS) {
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      for (int i = 0; i < value.length; i++) {
        value[i] = value[i] == '\n' || value[i] == '\r' ? (byte) '7' : value[i];
      }
      head.writeBytes((name + ": ").getBytes(StandardCharsets.US_ASCII));
      head.writeBytes(value);
      head.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    head.writeBytes(
        "Content-Length: 14\r\n\r\n{\"actions\":[]}".getBytes(StandardCharsets.US_ASCII));
    return head.toByteArray();
  }

  /** It goes on as TLS may: a record that is no handshake, and another one. */
  @Test
  void boundWhatComesBeforeAnythingIsEncrypted() throws Exception {
    AtomicLong written = new AtomicLong();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServiceClient client =
            new ServiceClient(
                TestConfig.of("https://127.0.0.1:" + server.getLocalPort(), LINES),
                BridgeClock.system(),
                "tls",
                Wire.OF_MACHINE)) {
      Thread thread = new Thread(() -> sendRecords(server, written), "records");
      thread.start();
      Answer answer = answer(client, Asker.SCRIPT.request("/x"));
      thread.join();
      assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(written.get()).isLessThan(UNDER_WAY);
    }
  }

  private static void sendRecords(ServerSocket server, AtomicLong written) {
    byte[] greeting = {0x16, 3, 3, 0x40, 0, 2, (byte) 0x7f, (byte) 0xff, (byte) 0xff};
    byte[] record = Arrays.copyOf(greeting, 5 + 0x4000);
    try (Socket socket = server.accept()) {
      socket.setSendBufferSize(64 << 10);
      for (; written.get() < 1 << 30; written.addAndGet(record.length)) {
        socket.getOutputStream().write(record);
        Arrays.fill(record, 5, record.length, (byte) 1);
      }
    } catch (IOException e) {
      return; // The other end has had enough.
    }
  }

  private RawService.Script hostile(HostileAnswers.Kind kind) {
    return (request, connection, out) -> {
      connection.setSendBufferSize(64 << 10);
      kind.bytes()
          .write(
              new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                  out.write(bytes, offset, length);
                  sent.addAndGet(length);
                }
              });
      connection.close();
    };
  }

  private static Answer answer(ServiceClient client, ServiceRequest request) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    for (long wait = client.trySend(request, answer::complete);
        wait > 0;
        wait = client.trySend(request, answer::complete)) {
      client.retryNow(); // After a 401 or a redirect.
      TimeUnit.MILLISECONDS.sleep(1); // A Retry-After lasts as long.
    }
    try {
      return answer.get(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  /** What the threads of the calls have allocated. */
  private static long allocated(Asker asker) {
    long[] ids =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("hostile-" + asker))
            .mapToLong(Thread::getId)
            .toArray();
    long sum = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(ids)) {
      sum += bytes;
    }
    return sum;
  }
}
