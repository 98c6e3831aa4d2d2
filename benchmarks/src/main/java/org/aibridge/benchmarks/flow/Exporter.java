package org.aibridge.benchmarks.flow;

import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.TrackMessage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.Scene;

/** Sends events to a service over HTTP. */
interface Exporter extends Closeable {
  /** Adds a kill by {@code player} to the events to send; false if there is no room now. */
  boolean send(int player);

  /** Sends the waiting events now, even if they do not fill a batch. */
  void flush();

  /** The number of events the service has acknowledged. */
  long acknowledged();

  String MAP = "prt_fild08";
  int MONSTER = 1002;

  /** The maximum number of events that may wait in a peer; with more, the peer would drop some. */
  int WINDOW = 50_000;

  /** The class names of OpenTelemetry's HTTP senders. */
  String OKHTTP = "io.opentelemetry.exporter.sender.okhttp.internal.OkHttpHttpSenderProvider";

  String JDK = "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider";

  /** Makes an exporter that publishes to the bridge. */
  static Exporter bridge(Scene scene) throws IOException {
    AiBridge bridge = scene.start();
    return new Exporter() {
      @Override
      public boolean send(int player) {
        return bridge.publish(GameEvent.monsterKill(player, MAP, MONSTER));
      }

      @Override
      public void flush() {
        // Nothing to do: after batch_interval, the bridge sends an incomplete batch by itself.
      }

      @Override
      public long acknowledged() {
        return bridge.status().events().delivered();
      }

      @Override
      public void close() throws IOException {
        scene.close();
      }
    };
  }

  /**
   * Makes an exporter of OpenTelemetry's batching processor and its OTLP/HTTP exporter.
   *
   * @param sender the class that sends: OkHttp, which is OpenTelemetry's default, or the JDK's
   *     client
   */
  static Exporter openTelemetry(String url, int batch, boolean gzip, String sender) {
    AtomicLong acknowledged = new AtomicLong();
    System.setProperty("io.opentelemetry.sdk.common.export.HttpSenderProvider", sender);
    LogRecordExporter otlp =
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint(url + "/v1/logs")
            .setCompression(gzip ? "gzip" : "none")
            .build();
    SdkLoggerProvider provider =
        SdkLoggerProvider.builder()
            .addLogRecordProcessor(
                BatchLogRecordProcessor.builder(new Counting(otlp, acknowledged))
                    .setMaxQueueSize(2 * WINDOW)
                    .setMaxExportBatchSize(batch)
                    .setScheduleDelay(Duration.ofMillis(50))
                    .build())
            .build();
    Logger logger = provider.get("benchmark");
    return new Exporter() {
      private final AttributeKey<Long> player = AttributeKey.longKey("player_id");
      private final AttributeKey<String> map = AttributeKey.stringKey("map");
      private final AttributeKey<Long> monster = AttributeKey.longKey("monster_id");
      private long sent;

      @Override
      public boolean send(int playerId) {
        if (sent - acknowledged.get() > WINDOW) {
          return false;
        }
        sent++;
        logger
            .logRecordBuilder()
            .setTimestamp(System.currentTimeMillis(), TimeUnit.MILLISECONDS)
            .setEventName("monster_kill")
            .setAttribute(player, (long) playerId)
            .setAttribute(map, MAP)
            .setAttribute(monster, (long) MONSTER)
            .emit();
        return true;
      }

      @Override
      public void flush() {
        provider.forceFlush();
      }

      @Override
      public long acknowledged() {
        return acknowledged.get();
      }

      @Override
      public void close() {
        provider.close();
      }
    };
  }

  /** Makes an exporter of Segment's client in its default configuration. */
  static Exporter segment(String url) {
    AtomicLong acknowledged = new AtomicLong();
    Analytics analytics =
        Analytics.builder("key")
            .endpoint(url)
            .queueCapacity(2 * WINDOW)
            .callback(
                new Callback() {
                  @Override
                  public void success(Message message) {
                    acknowledged.incrementAndGet();
                  }

                  @Override
                  public void failure(Message message, Throwable failure) {
                    // Nothing to do: the result counts the unacknowledged event as missing.
                  }
                })
            .build();
    return new Exporter() {
      private long sent;

      @Override
      public boolean send(int player) {
        if (sent - acknowledged.get() > WINDOW) {
          return false;
        }
        sent++;
        analytics.enqueue(
            TrackMessage.builder("monster_kill")
                .userId(Integer.toString(player))
                .properties(Map.of("map", MAP, "monster_id", MONSTER)));
        return true;
      }

      @Override
      public void flush() {
        analytics.flush();
      }

      @Override
      public long acknowledged() {
        return acknowledged.get();
      }

      @Override
      public void close() {
        analytics.shutdown();
      }
    };
  }

  /** Counts the log records that {@code exporter} has delivered. */
  record Counting(LogRecordExporter exporter, AtomicLong acknowledged)
      implements LogRecordExporter {
    @Override
    public CompletableResultCode export(Collection<LogRecordData> logs) {
      int count = logs.size();
      CompletableResultCode result = exporter.export(logs);
      result.whenComplete(() -> acknowledged.addAndGet(result.isSuccess() ? count : 0));
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }
}
