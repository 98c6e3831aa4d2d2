package org.aibridge.core.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * The gates of one client: one for each caller, and one for each host that scripts ask.
 *
 * <p>All callers of the service share a refused key. Events, polls and results share the wait that
 * the service announces, whichever of them it answers. Anything else holds only whom it met, and
 * what scripts are answered holds scripts alone. Any thread; a lock is held for some microseconds.
 */
final class Gates {
  /** Beyond, the oldest gate of a host is forgotten. */
  static final int MAX_HOSTS = 256;

  /** Of those that cannot be asked a status tells so many: it must not outgrow its file. */
  static final int MAX_TOLD = 8;

  private static final Map<ServiceRequest.Caller, String> NAMES =
      Map.of(
          ServiceRequest.Caller.DISPATCH, GateStatus.EVENTS,
          ServiceRequest.Caller.ACTIONS, GateStatus.POLLS,
          ServiceRequest.Caller.RESULTS, GateStatus.RESULTS,
          ServiceRequest.Caller.SCRIPT, GateStatus.SCRIPTS);

  private final BridgeConfig.CircuitBreaker settings;
  private final Duration scriptTimeout;
  private final BridgeClock clock;
  private final NotBefore announced;
  private final Hold noKey;
  private final Map<ServiceRequest.Caller, Gate> callers =
      new EnumMap<>(ServiceRequest.Caller.class);

  /** By {@code host:port}, the oldest first; replaced as a whole, for who reads takes no lock. */
  private volatile Map<String, Gate> hosts = Map.of();

  /**
   * @param callTimeout within which a call of the bridge's own ends
   */
  Gates(BridgeConfig config, Duration callTimeout, BridgeClock clock) {
    this.settings = config.circuitBreaker();
    this.scriptTimeout = config.scriptHttp().timeout();
    this.clock = clock;
    this.announced = new NotBefore(clock);
    Hold key = new Hold(settings.openTime().toNanos(), clock);
    this.noKey = new Hold(settings.openTime().toNanos(), clock);
    for (ServiceRequest.Caller caller : ServiceRequest.Caller.values()) {
      boolean script = caller == ServiceRequest.Caller.SCRIPT;
      NotBefore wait = script ? new NotBefore(clock) : announced;
      Duration timeout = script ? scriptTimeout : callTimeout;
      callers.put(caller, new Gate(settings, timeout, wait, key, !script, clock));
    }
  }

  /** The gate of {@code caller} to the service. */
  Gate of(ServiceRequest.Caller caller) {
    return callers.get(caller);
  }

  /** The gate of scripts to {@code host}, as {@code host:port}. */
  Gate ofHost(String host) {
    Gate known = hosts.get(host);
    return known == null ? newHost(host) : known;
  }

  private synchronized Gate newHost(String host) {
    Map<String, Gate> all = new LinkedHashMap<>(hosts);
    if (all.size() == MAX_HOSTS) {
      all.remove(all.keySet().iterator().next());
    }
    Gate gate =
        all.computeIfAbsent(
            host,
            h -> new Gate(settings, scriptTimeout, new NotBefore(clock), noKey, false, clock));
    hosts = all;
    return gate;
  }

  /** Until when the service has told us to stay away; events, polls and results share it. */
  NotBefore announced() {
    return announced;
  }

  /** What a reload may have mended is tried again. */
  void release() {
    callers.values().forEach(Gate::release);
  }

  /** Lets the next request of each ask, whatever its answer; an ordered wait is kept. */
  void retryNow() {
    callers.values().forEach(Gate::retryNow);
    hosts.values().forEach(Gate::retryNow);
  }

  /** How each caller's gate stands, and some of hosts that cannot be asked. Takes no lock. */
  List<GateStatus> status() {
    List<GateStatus> status = new ArrayList<>();
    callers.forEach((caller, gate) -> status.add(gate.status(NAMES.get(caller))));
    hosts.entrySet().stream()
        .filter(host -> host.getValue().waitMs() > 0)
        .limit(MAX_TOLD)
        .map(host -> host.getValue().status(host.getKey()))
        .forEach(status::add);
    return status;
  }
}
