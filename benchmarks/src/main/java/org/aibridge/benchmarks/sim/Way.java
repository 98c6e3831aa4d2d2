package org.aibridge.benchmarks.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.Scene;

/** The way in which a tick's events leave the game thread. */
interface Way extends AutoCloseable {
  /** Hands over events; true if all of them were accepted. */
  boolean send(List<GameEvent> events);

  /** Calls the bridge's tick, if this way has a bridge. */
  void tick();

  @Override
  void close() throws IOException;

  /** Returns a way that drops the events. */
  static Way none() {
    return new Way() {
      @Override
      public boolean send(List<GameEvent> events) {
        return true;
      }

      @Override
      public void tick() {
        // Nothing to do: no decision ever comes.
      }

      @Override
      public void close() {
        // Nothing to close.
      }
    };
  }

  /** Starts a bridge, and returns a way that publishes the events to it. */
  static Way bridge(Scene scene) throws IOException {
    AiBridge bridge = scene.start();
    bridge.tick();
    return new Way() {
      @Override
      public boolean send(List<GameEvent> events) {
        boolean all = true;
        for (int i = 0; i < events.size(); i++) {
          all &= bridge.publish(events.get(i));
        }
        return all;
      }

      @Override
      public void tick() {
        bridge.tick();
      }

      @Override
      public void close() throws IOException {
        scene.close();
      }
    };
  }

  /**
   * Sends all events of a tick in one HTTP request on the game thread. Sets {@code TCP_NODELAY}, as
   * the bridge does: OkHttp leaves it off, and the end of a body of more than one packet then waits
   * 40 ms for a delayed acknowledgement.
   */
  static Way direct(String baseUrl, Duration timeout) {
    MediaType json = MediaType.get("application/json");
    OkHttpClient client =
        new OkHttpClient.Builder().callTimeout(timeout).eventListener(new NoDelay()).build();
    return new Way() {
      @Override
      public boolean send(List<GameEvent> events) {
        StringBuilder body = new StringBuilder("{\"events\":[");
        for (int i = 0; i < events.size(); i++) {
          GameEvent event = events.get(i);
          body.append(i == 0 ? "" : ",")
              .append("{\"event_type\":\"")
              .append(event.typeName())
              .append("\",\"player_id\":")
              .append(event.playerId())
              .append(",\"map\":\"")
              .append(event.map())
              .append("\",\"timestamp\":")
              .append(event.timestampMs())
              .append(",\"payload\":")
              .append(event.payload())
              .append("}");
        }
        Request request =
            new Request.Builder()
                .url(baseUrl + "/api/v1/events/dispatch")
                .post(RequestBody.create(body.append("]}").toString(), json))
                .build();
        try (Response response = client.newCall(request).execute()) {
          return response.isSuccessful();
        } catch (IOException e) {
          return false;
        }
      }

      @Override
      public void tick() {
        // Nothing to do: no decision ever comes.
      }

      @Override
      public void close() {
        client.dispatcher().executorService().shutdownNow();
        client.connectionPool().evictAll();
      }
    };
  }

  /** Sets {@code TCP_NODELAY} on a connection, so that written bytes leave at once. */
  final class NoDelay extends EventListener {
    @Override
    public void connectionAcquired(Call call, Connection connection) {
      try {
        connection.socket().setTcpNoDelay(true);
      } catch (SocketException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
