package org.aibridge.core.http;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.internal.connection.RealCall;
import okio.Buffer;

/**
 * Takes the network away from a {@link ServiceClient}: its gate, its requests and what it makes of
 * an answer stay, and a simulated service answers in place of a socket.
 */
public final class SimWire {
  /** What a request came to: an answer, or a failure. */
  public record Reply(int status, String header, String value, byte[] body, IOException failure) {
    public static Reply of(int status, byte[] body) {
      return new Reply(status, null, null, body, null);
    }

    public static Reply broken(IOException failure) {
      return new Reply(0, null, null, null, failure);
    }

    /** As {@link #of}, with the header as {@link RetryAfter} hands it on. */
    public static Reply comeBack(int status, long seconds) {
      return new Reply(status, "Bridge-Retry-After", Long.toString(seconds), new byte[0], null);
    }

    public static Reply with(int status, String header, String value) {
      return new Reply(status, header, value, new byte[0], null);
    }
  }

  /** What the service sees of a request. */
  public record Seen(String method, String path, String key, byte[] body, long timeoutMs) {}

  /** A call under way; what is answered first counts. */
  public static final class Sent {
    public final Seen seen;

    /** Whether it had leave to go and waited for a connection that another call had. */
    public final boolean waited;

    private final RealCall.AsyncCall task;
    private final Callback callback;
    private final Threads threads;
    private boolean answered;

    private Sent(RealCall.AsyncCall task, Callback callback, Threads threads, Seen seen) {
      this.task = task;
      this.callback = callback;
      this.threads = threads;
      this.seen = seen;
      this.waited = threads.finishing;
    }

    public boolean isCancelled() {
      return task.getCall().isCanceled();
    }

    public boolean isAnswered() {
      return answered;
    }

    /** Answers, as OkHttp's thread would. */
    public void answer(Reply reply) {
      if (answered) {
        return;
      }
      answered = true;
      Call call = task.getCall();
      try {
        if (isCancelled()) {
          callback.onFailure(call, new IOException("Canceled"));
        } else if (reply.failure != null) {
          callback.onFailure(call, reply.failure);
        } else {
          callback.onResponse(call, response(call.request(), reply));
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } finally {
        threads.finishing = true;
        threads.dispatcher.finished$okhttp(task);
        threads.finishing = false;
      }
    }
  }

  /** The other end. */
  @FunctionalInterface
  public interface Service {
    void onSent(Sent sent);
  }

  private SimWire() {}

  /** Has {@code service} answer what {@code client} sends from now on. */
  public static void install(ServiceClient client, Service service) {
    try {
      Field field = ServiceClient.class.getDeclaredField("dispatcher");
      field.setAccessible(true);
      Dispatcher before = (Dispatcher) field.get(client);
      Threads threads = new Threads(service);
      Field executor = Dispatcher.class.getDeclaredField("executorServiceOrNull");
      executor.setAccessible(true);
      executor.set(before, threads);
      threads.dispatcher = before;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the client is not as this class knows it", e);
    }
  }

  /** Gives each call that OkHttp would run on a thread to the service. */
  private static final class Threads extends AbstractExecutorService {
    private final Service service;
    private Dispatcher dispatcher;
    private boolean finishing;

    Threads(Service service) {
      this.service = service;
    }

    @Override
    public void execute(Runnable task) {
      RealCall.AsyncCall call = (RealCall.AsyncCall) task;
      service.onSent(new Sent(call, callback(call), this, seen(call)));
    }

    private static Callback callback(RealCall.AsyncCall call) {
      try {
        Field field = RealCall.AsyncCall.class.getDeclaredField("responseCallback");
        field.setAccessible(true);
        return (Callback) field.get(call);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("OkHttp is not as this class knows it", e);
      }
    }

    private static Seen seen(RealCall.AsyncCall call) {
      Request request = call.getRequest();
      byte[] body = new byte[0];
      if (request.body() != null) {
        Buffer buffer = new Buffer();
        try {
          request.body().writeTo(buffer);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        body = buffer.readByteArray();
      }
      String query = request.url().encodedQuery();
      String path = request.url().encodedPath() + (query == null ? "" : "?" + query);
      long timeoutMs = call.getCall().timeout().timeoutNanos() / 1_000_000;
      return new Seen(request.method(), path, request.header("Idempotency-Key"), body, timeoutMs);
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
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
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
