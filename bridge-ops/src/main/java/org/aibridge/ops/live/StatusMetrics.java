package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.aibridge.core.metrics.MetricsReading;

/** Makes metrics from the status file of a server's bridge. Any thread. */
final class StatusMetrics {
  /** The fields that stay true when a bridge no longer writes its status. */
  private static final List<String> LASTING = List.of("server_id", "state", "written_at_ms");

  private final Server server;
  private final InstantSource clock;

  StatusMetrics(Server server, InstantSource clock) throws IOException {
    this.server = server;
    this.clock = clock;
    server.config(); // Read now, on one thread, so that mistakes are reported at once.
  }

  /**
   * Returns the metrics as Prometheus reads them. Of a bridge that has ended, or has written
   * nothing for long, they tell that state and how old its status is, and nothing else.
   */
  String text() throws IOException {
    long nowMs = clock.millis();
    ObjectNode status = LiveStatus.read(server.journal(), nowMs).orElse(null);
    OptionalLong owner = StatusCommand.owner(server, status);
    if (status == null) {
      status = JsonNodeFactory.instance.objectNode();
      status.put("server_id", server.config().bridge().serverId());
      status.put("state", owner.isPresent() ? StaleStatus.STARTING : StaleStatus.NOT_RUNNING);
      return MetricsReading.of(status).prometheusText();
    }
    return text(status, owner, nowMs);
  }

  /** Returns the metrics of {@code status}, which lies there at {@code nowMs}. */
  static String text(ObjectNode status, OptionalLong owner, long nowMs) {
    boolean past = StaleStatus.correct(status, owner, nowMs);
    return MetricsReading.of(past ? status.retain(LASTING) : status).prometheusText();
  }
}
