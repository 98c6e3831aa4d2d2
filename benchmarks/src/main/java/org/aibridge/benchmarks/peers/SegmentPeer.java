package org.aibridge.benchmarks.peers;

import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.TrackMessage;
import java.io.IOException;
import java.util.Map;
import org.aibridge.benchmarks.LocalService;

/** Segment's client, with a service in this process. */
final class SegmentPeer implements Peer {
  private final Consumed consumed = new Consumed();
  private final LocalService service = new LocalService();
  private final Analytics analytics =
      Analytics.builder("key")
          .endpoint(service.url())
          .queueCapacity(1 << 17)
          .callback(new Arrivals())
          .build();

  SegmentPeer() throws IOException {}

  @Override
  public boolean offer(int player) {
    analytics.enqueue(
        TrackMessage.builder("monster_kill")
            .userId(Integer.toString(player))
            .properties(Map.of("map", Kill.MAP, "monster_id", Kill.monster(player))));
    return consumed.offered(true);
  }

  @Override
  public void drain() {
    analytics.flush();
    consumed.await();
  }

  @Override
  public long lost() {
    return consumed.missing();
  }

  @Override
  public void close() {
    analytics.shutdown();
    service.close();
  }

  private final class Arrivals implements Callback {
    @Override
    public void success(Message message) {
      consumed.arrived(1);
    }

    @Override
    public void failure(Message message, Throwable failure) {
      // Nothing to do: the event stays counted as missing.
    }
  }
}
