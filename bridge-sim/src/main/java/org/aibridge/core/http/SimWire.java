package org.aibridge.core.http;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.AsyncTimeout;
import okio.Buffer;
import org.aibridge.core.service.ServiceSetup;

/**
 * Replaces the network below a {@link ServiceClient}: the client keeps its gate, its threads, its
 * requests and its handling of responses, and a simulated service responds in place of a socket.
 *
 * <p>Each call has a real thread of its own, as in the product, but only one thread runs at a time:
 * whoever starts or answers a call stands still until the call's thread waits for its response or
 * ends. So the order is always the same.
 */
public final class SimWire implements Wire {
  public static final String RETRY_AFTER = "Retry-After";

  /** The outcome of a request: a response or a failure. */
  public record Reply(int status, String header, String value, byte[] body, IOException failure) {
    public static Reply of(int status, byte[] body) {
      return new Reply(status, null, null, body, null);
    }

    public static Reply broken(IOException failure) {
      return new Reply(0, null, null, null, failure);
    }

    /** A response with {@code Retry-After}, the header that {@link AnswerHead} removes. */
    public static Reply comeBack(int status, long seconds) {
      return new Reply(status, RETRY_AFTER, Long.toString(seconds), new byte[0], null);
    }

    public static Reply with(int status, String header, String value) {
      return new Reply(status, header, value, new byte[0], null);
    }
  }

  /** A request as the service gets it. */
  public record Seen(String method, String path, String key, byte[] body, long timeoutMs) {}

  /** A call that has been sent; only the first answer to it counts. */
  public static final class Sent {
    public final Seen seen;

    /** True if the call passed the gate but then had to wait for another call's thread. */
    public final boolean waited;

    private final Carrier carrier;
    private final okhttp3.Call call;
    private Reply reply;

    private Sent(Carrier carrier, okhttp3.Call call, Seen seen) {
      this.carrier = carrier;
      this.call = call;
      this.seen = seen;
      this.waited = carrier.calls++ > 0 || carrier.late;
    }

    public boolean isCancelled() {
      return call.isCanceled();
    }

    public boolean isAnswered() {
      return reply != null;
    }

    /** Answers the call, and returns when the call's thread has ended or waits again. */
    public void answer(Reply with) {
      if (reply == null) {
        reply = with;
        carrier.open.remove(this);
        carrier.handOver(carrier.gate::release);
      }
    }
  }

  /** The simulated service. */
  @FunctionalInterface
  public interface Service {
    void onSent(Sent sent);
  }

  private final Service service;
  private final Function<ServiceSetup, org.aibridge.core.service.Service> engine;
  private final Threads threads = new Threads();

  /**
   * Creates a wire that takes all requests to {@code service}.
   *
   * @param engine opens the service over another engine
   */
  public SimWire(
      Service service, Function<ServiceSetup, org.aibridge.core.service.Service> engine) {
    this.service = service;
    this.engine = engine;
  }

  @Override
  public org.aibridge.core.service.Service open(String name, ServiceSetup setup) {
    return engine.apply(setup);
  }

  @Override
  public OkHttpClient client(OkHttpClient plain) {
    return plain.newBuilder().addInterceptor(this::intercept).build();
  }

  @Override
  public ExecutorService threads(ThreadFactory factory) {
    return threads;
  }

  private Response intercept(Interceptor.Chain chain) throws IOException {
    // A real-time timeout must not end a call that waits in simulated time.
    ((AsyncTimeout) chain.call().timeout()).exit();
    Carrier carrier = Carrier.CURRENT.get();
    Sent sent = new Sent(carrier, chain.call(), seen(chain));
    carrier.open.add(sent);
    service.onSent(sent);
    if (sent.reply == null) {
      carrier.back.release();
      carrier.gate.acquireUninterruptibly();
    }
    if (sent.isCancelled()) {
      throw new IOException("Canceled");
    }
    if (sent.reply.failure != null) {
      throw sent.reply.failure;
    }
    if (RETRY_AFTER.equals(sent.reply.header)) {
      Exchange.of(chain.request()).retryAfter = List.of(sent.reply.value);
    }
    return response(chain.request(), sent.reply);
  }

  private static Seen seen(Interceptor.Chain chain) throws IOException {
    Request request = chain.request();
    byte[] body = new byte[0];
    if (request.body() != null) {
      Buffer buffer = new Buffer();
      request.body().writeTo(buffer);
      body = buffer.readByteArray();
    }
    String query = request.url().encodedQuery();
    String path = request.url().encodedPath() + (query == null ? "" : "?" + query);
    long timeoutMs = chain.call().timeout().timeoutNanos() / 1_000_000;
    return new Seen(request.method(), path, request.header("Idempotency-Key"), body, timeoutMs);
  }

  /** A thread that makes calls for another thread; semaphores let only one of the two run. */
  private static final class Carrier {
    static final ThreadLocal<Carrier> CURRENT = new ThreadLocal<>();

    final Semaphore gate = new Semaphore(0);
    final Set<Sent> open;

    /** True if this thread had to wait for the end of another call before it could start. */
    final boolean late = CURRENT.get() != null;

    volatile Semaphore back;
    int calls;

    Carrier(Set<Sent> open) {
      this.open = open;
    }

    /** Lets the carrier's thread run, and waits until it pauses or ends. */
    void handOver(Runnable go) {
      Semaphore mine = new Semaphore(0);
      back = mine;
      go.run();
      mine.acquireUninterruptibly();
    }

    void run(Runnable task) {
      CURRENT.set(this);
      try {
        task.run();
      } finally {
        back.release();
      }
    }
  }

  /** A pool of threads that run one at a time. */
  private static final class Threads extends ThreadPoolExecutor {
    private final Set<Sent> open = new LinkedHashSet<>();

    Threads() {
      super(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    }

    @Override
    public void execute(Runnable task) {
      if (isShutdown()) {
        throw new RejectedExecutionException("closed");
      }
      Carrier carrier = new Carrier(open);
      Thread thread = new Thread(() -> carrier.run(task), "sim-call");
      thread.setDaemon(true);
      carrier.handOver(thread::start);
    }

    /** Ends all open calls, which are already cancelled, and calls that begin in the meantime. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      while (!open.isEmpty()) {
        List.copyOf(open).forEach(sent -> sent.answer(Reply.broken(new IOException("Canceled"))));
      }
      return super.awaitTermination(timeout, unit);
    }
  }

  private static Response response(Request request, Reply reply) {
    Response.Builder builder =
        new Response.Builder()
            .request(request)
            .protocol(Protocol.HTTP_1_1)
            .code(reply.status)
            .message("")
            .body(ResponseBody.create(reply.body, MediaType.get("application/json")));
    if (reply.header != null) {
      builder.header(reply.header, reply.value);
    }
    return builder.build();
  }
}
