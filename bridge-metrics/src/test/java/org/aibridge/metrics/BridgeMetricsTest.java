package org.aibridge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.metrics.Metrics;
import org.aibridge.fakeservice.FieldRules;
import org.aibridge.fakeservice.FieldService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BridgeMetricsTest {
  @TempDir Path folder;

  /** One table has made all three: the registry's, the node exporter's and the command line's. */
  @Test
  void givesARegistryTheNamesAndValuesThatTheTextFileHas() throws Exception {
    try (FieldService service = FieldService.start(FieldRules.DEFAULT.withPerMinute(0));
        AiBridge bridge = AiBridge.start(conf(service.baseUrl()))) {
      for (int i = 0; i < 25; i++) {
        bridge.publish(GameEvent.dailyReset());
      }
      bridge.publish(null); // One that is refused.
      Path file = folder.resolve("aibridge_map1.prom");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  Files.exists(file)
                      && numbers(Files.readString(file))
                          .getOrDefault(
                              "aibridge_events_total{outcome=\"delivered\",server=\"map1\"}", 0.0)
                          .equals(25.0));
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      BridgeMetrics metrics = BridgeMetrics.bind(bridge, "map1", registry);
      try (metrics) {
        String scraped = registry.scrape();
        Map<String, Double> ofRegistry = numbers(scraped);
        ofRegistry.values().removeIf(value -> value.isNaN());
        Map<String, Double> ofFile = numbers(Files.readString(file));
        assertThat(ofRegistry.keySet()).containsExactlyInAnyOrderElementsOf(ofFile.keySet());
        assertThat(ofRegistry)
            .as("%s", scraped)
            .containsEntry("aibridge_state{server=\"map1\",state=\"running\"}", 1.0)
            .containsEntry(
                "aibridge_events_refused_total{reason=\"malformed\",server=\"map1\"}", 1.0);
        ofFile.forEach(
            (name, value) -> {
              if (name.startsWith("aibridge_events") && !name.contains("_age_")) {
                assertThat(ofRegistry).containsEntry(name, value);
              }
            });
        assertThat(types(scraped)).containsAllEntriesOf(types(Files.readString(file)));
      }
      assertThat(registry.getMeters()).isEmpty();
    }
  }

  @Test
  void asksForTheStatusOnceASecondForAllMetersTogether() {
    AtomicInteger asked = new AtomicInteger();
    AtomicLong now = new AtomicLong(-7);
    AiBridge bridge =
        bridge(() -> "{\"event_dispatcher\":{\"current_size\":" + asked.incrementAndGet() + "}}");
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (BridgeMetrics metrics = new BridgeMetrics(bridge, "map1", now::get)) {
      metrics.bindTo(registry);
      registry.getMeters().forEach(meter -> meter.measure().forEach(m -> m.getValue()));
      assertThat(asked).hasValue(1);
      now.addAndGet(1_000_000_000L);
      registry.getMeters().forEach(meter -> meter.measure().forEach(m -> m.getValue()));
      assertThat(asked).hasValue(2);
      assertThat(registry.get("aibridge.events.waiting").tag("server", "map1").gauge().value())
          .isEqualTo(2);
    }
  }

  @Test
  void keepsTheLastValuesWhereNoStatusCanBeRead() {
    AtomicLong now = new AtomicLong();
    String[] json = {"{\"event_dispatcher\":{\"current_size\":7}}"};
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (BridgeMetrics metrics = new BridgeMetrics(bridge(() -> json[0]), "map1", now::get)) {
      metrics.bindTo(registry);
      json[0] = "{";
      now.addAndGet(2_000_000_000L);
      assertThat(registry.get("aibridge.events.waiting").gauge().value()).isEqualTo(7);
    }
  }

  @Test
  void removesEveryMeterFromEachRegistryAndLeavesThoseOfOthers() {
    SimpleMeterRegistry one = new SimpleMeterRegistry();
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    one.counter("of.the.host");
    BridgeMetrics metrics = new BridgeMetrics(bridge(() -> "{}"), "map1");
    metrics.bindTo(one);
    metrics.bindTo(other);
    long series = Metrics.all().stream().mapToLong(metric -> metric.series().size()).sum();
    assertThat(other.getMeters()).hasSize((int) series);
    BridgeMetrics second = BridgeMetrics.bind(bridge(() -> "{}"), "map2", one);
    try (second) {
      metrics.close();
      metrics.close();
      assertThat(other.getMeters()).isEmpty();
      assertThat(one.getMeters()).as("the host's and the other bridge's").hasSize((int) series + 1);
    }
    assertThat(one.getMeters()).hasSize(1);
  }

  private Path conf(String baseUrl) throws Exception {
    return Files.writeString(
        folder.resolve("ai_bridge.conf"),
        """
        [bridge]
        server_id = map1
        [ai_service]
        base_url = %s
        [journal]
        path = %s
        reserve_mb = 16
        [event_dispatcher]
        dlq_path = %s
        batch_interval = 20
        [action_executor]
        ledger_path = %s
        [metrics]
        textfile = %s
        """
            .formatted(
                baseUrl,
                folder.resolve("journal"),
                folder.resolve("letters"),
                folder.resolve("actions"),
                folder));
  }

  private interface Status {
    String json();
  }

  /** Returns a bridge of which only the status is asked. */
  private static AiBridge bridge(Status status) {
    return (AiBridge)
        Proxy.newProxyInstance(
            BridgeMetricsTest.class.getClassLoader(),
            new Class<?>[] {AiBridge.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("statusJson")) {
                return status.json();
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static Map<String, Double> numbers(String text) {
    Map<String, Double> numbers = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int blank = line.lastIndexOf(' ');
              numbers.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
            });
    return numbers;
  }

  /** Returns what each metric is, and its help. */
  private static Map<String, String> types(String text) {
    Map<String, String> types = new TreeMap<>();
    text.lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.split(" ", 4))
        .forEach(words -> types.put(words[1] + " " + words[2], words[3]));
    return types;
  }
}
