package org.aibridge.benchmarks.peers;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** OpenTelemetry's batching log processor with an exporter that only counts. */
final class OpenTelemetryPeer implements Peer {
  static final AttributeKey<Long> PLAYER = AttributeKey.longKey("player_id");
  static final AttributeKey<String> MAP = AttributeKey.stringKey("map");
  static final AttributeKey<Long> MONSTER = AttributeKey.longKey("monster_id");

  private final Consumed consumed = new Consumed();
  private final SdkLoggerProvider provider =
      SdkLoggerProvider.builder()
          .addLogRecordProcessor(
              BatchLogRecordProcessor.builder(new Counter())
                  .setMaxQueueSize(1 << 17)
                  .setScheduleDelay(Duration.ofMillis(5))
                  .build())
          .build();
  private final Logger logger = provider.get("benchmark");

  @Override
  public boolean offer(int player) {
    logger
        .logRecordBuilder()
        .setTimestamp(System.currentTimeMillis(), TimeUnit.MILLISECONDS)
        .setEventName("monster_kill")
        .setAttribute(PLAYER, (long) player)
        .setAttribute(MAP, Kill.MAP)
        .setAttribute(MONSTER, (long) Kill.monster(player))
        .emit();
    return consumed.offered(true);
  }

  @Override
  public void drain() {
    provider.forceFlush().join(10, TimeUnit.SECONDS);
    consumed.await();
  }

  @Override
  public long lost() {
    return consumed.missing();
  }

  @Override
  public void close() {
    provider.close();
  }

  private final class Counter implements LogRecordExporter {
    @Override
    public CompletableResultCode export(Collection<LogRecordData> logs) {
      consumed.arrived(logs.size());
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
