package org.aibridge.benchmarks.peers;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.aibridge.benchmarks.LocalService;

/** Sends one request per event, through OkHttp's own queue. */
final class OkHttpPeer implements Peer {
  private static final MediaType JSON = MediaType.get("application/json");

  private final Consumed consumed = new Consumed();
  private final LocalService service = new LocalService();
  private final OkHttpClient client = new OkHttpClient();

  private final Callback arrivals =
      new Callback() {
        @Override
        public void onFailure(Call call, IOException failure) {
          // Nothing to do: the event stays counted as missing.
        }

        @Override
        public void onResponse(Call call, Response response) {
          response.close();
          consumed.arrived(1);
        }
      };

  OkHttpPeer() throws IOException {}

  @Override
  public boolean offer(int player) {
    Request request =
        new Request.Builder()
            .url(service.url() + "/api/v1/events/dispatch")
            .post(RequestBody.create(Kill.json(player), JSON))
            .build();
    client.newCall(request).enqueue(arrivals);
    return consumed.offered(true);
  }

  @Override
  public void drain() {
    consumed.await();
  }

  @Override
  public long lost() {
    return consumed.missing();
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
    service.close();
  }
}
