package org.aibridge.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.aibridge.api.AiBridge;
import org.aibridge.core.metrics.Metric;
import org.aibridge.core.metrics.Metrics;
import org.aibridge.core.metrics.MetricsReading;

/**
 * Binds the numbers of a bridge to a Micrometer registry; {@code docs/metrics.md} lists them.
 *
 * <pre>{@code
 * BridgeMetrics metrics = BridgeMetrics.bind(bridge, "map1", registry);
 * }</pre>
 *
 * <p>The numbers are those that the bridge counts anyway: binding them costs nothing on the game
 * thread and nothing per event. Whoever scrapes the registry has the status put together, at most
 * once a second for all meters together, which blocks on nothing; so a value is up to a second old.
 * Any thread may scrape. A scrape never fails: of a bridge whose status cannot be read the meters
 * keep their last values.
 */
public final class BridgeMetrics implements MeterBinder, AutoCloseable {
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final AiBridge bridge;
  private final String server;
  private final LongSupplier nanoClock;
  private final List<Bound> bound = new ArrayList<>();

  /** The last reading with its time, in one object so that both change together. */
  private volatile Read last;

  private record Read(MetricsReading reading, long atNanos) {}

  private record Bound(MeterRegistry registry, Meter meter) {}

  /**
   * Makes a binder of {@code bridge}, which may still be starting.
   *
   * @param server the value of the tag {@code server}: the configured {@code server_id}
   */
  public BridgeMetrics(AiBridge bridge, String server) {
    this(bridge, server, System::nanoTime);
  }

  BridgeMetrics(AiBridge bridge, String server, LongSupplier nanoClock) {
    this.bridge = Objects.requireNonNull(bridge, "bridge");
    this.server = Objects.requireNonNull(server, "server");
    this.nanoClock = nanoClock;
    this.last = read();
  }

  /** Binds {@code bridge} to {@code registry} until the returned object is closed. */
  public static BridgeMetrics bind(AiBridge bridge, String server, MeterRegistry registry) {
    BridgeMetrics metrics = new BridgeMetrics(bridge, server);
    metrics.bindTo(registry);
    return metrics;
  }

  /** Adds the meters to {@code registry}; may be called for more than one registry. */
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    for (Metric metric : Metrics.all()) {
      for (Metric.Series series : metric.series()) {
        bound.add(new Bound(registry, meter(metric, series, registry)));
      }
    }
  }

  private Meter meter(Metric metric, Metric.Series series, MeterRegistry registry) {
    Tags tags = Tags.of(Metrics.SERVER, server);
    for (var tag : series.tags().entrySet()) {
      tags = tags.and(tag.getKey(), tag.getValue());
    }
    String unit = metric.unit().isEmpty() ? null : metric.unit();
    return metric.kind() == Metric.Kind.COUNTER
        ? FunctionCounter.builder(metric.name(), this, m -> m.value(metric, series))
            .description(metric.help())
            .baseUnit(unit)
            .tags(tags)
            .register(registry)
        : Gauge.builder(metric.name(), this, m -> m.value(metric, series))
            .description(metric.help())
            .baseUnit(unit)
            .tags(tags)
            .strongReference(true)
            .register(registry);
  }

  private double value(Metric metric, Metric.Series series) {
    Read now = last;
    if (nanoClock.getAsLong() - now.atNanos >= FRESH_NANOS) {
      now = refresh();
    }
    return now.reading.value(metric, series);
  }

  /** Reads the status, unless another thread has read it a moment ago. */
  private synchronized Read refresh() {
    if (nanoClock.getAsLong() - last.atNanos >= FRESH_NANOS) {
      try {
        last = read();
      } catch (IllegalArgumentException e) {
        last = new Read(last.reading, nanoClock.getAsLong());
      }
    }
    return last;
  }

  private Read read() {
    return new Read(
        MetricsReading.of(bridge.statusJson(), System.currentTimeMillis()), nanoClock.getAsLong());
  }

  /** Removes all meters from the registries; the bridge keeps running. */
  @Override
  public synchronized void close() {
    bound.forEach(one -> one.registry.remove(one.meter));
    bound.clear();
  }
}
