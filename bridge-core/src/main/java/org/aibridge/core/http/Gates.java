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
 * The gates of one client: one for each caller, and one for each other host that scripts ask.
 *
 * <p>All callers of the service share a refused key. Events, polls and results share the wait that
 * the service announces, whichever of the three it answers, and the requests that it allows in a
 * minute. Any other trouble stops only the caller that met it, and answers to scripts stop only
 * scripts. Any thread; a lock is held for some microseconds.
 */
final class Gates {
  /** The most gates for hosts; with more, the oldest one is dropped. */
  static final int MAX_HOSTS = 256;

  /** The most unavailable hosts in a status; the size of the status file is limited. */
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
  private final RateBudget budget;
  private final Hold noKey;
  private final Map<ServiceRequest.Caller, Gate> callers =
      new EnumMap<>(ServiceRequest.Caller.class);

  /** The gates by {@code host:port}, oldest first. Changes replace the map: reads need no lock. */
  private volatile Map<String, Gate> hosts = Map.of();

  /**
   * @param callTimeout the time within which a call of the bridge's own ends
   */
  Gates(BridgeConfig config, Duration callTimeout, BridgeClock clock) {
    this.settings = config.circuitBreaker();
    this.scriptTimeout = config.scriptHttp().timeout();
    this.clock = clock;
    this.announced = new NotBefore(clock);
    this.budget = new RateBudget(config.aiService().maxRequestsPerMinute(), clock);
    Hold key = new Hold(settings.openTime().toNanos(), clock);
    this.noKey = new Hold(settings.openTime().toNanos(), clock);
    for (ServiceRequest.Caller caller : ServiceRequest.Caller.values()) {
      boolean script = caller == ServiceRequest.Caller.SCRIPT;
      NotBefore wait = script ? new NotBefore(clock) : announced;
      Duration timeout = script ? scriptTimeout : callTimeout;
      callers.put(caller, new Gate(settings, timeout, wait, key, !script, clock));
    }
  }

  /** Returns the gate between {@code caller} and the service. */
  Gate of(ServiceRequest.Caller caller) {
    return callers.get(caller);
  }

  /** Returns the gate between scripts and {@code host}, which is {@code host:port}. */
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

  /** The wait that the service ordered; events, polls and results share it. */
  NotBefore announced() {
    return announced;
  }

  /** The number of requests that the service allows; events, polls and results share it. */
  RateBudget budget() {
    return budget;
  }

  /** Ends the holds of all callers, since a reload may have removed their reasons. */
  void release() {
    callers.values().forEach(Gate::release);
  }

  /** Lets the next request of each gate pass at once, unless the service ordered a wait. */
  void retryNow() {
    callers.values().forEach(Gate::retryNow);
    hosts.values().forEach(Gate::retryNow);
  }

  /** The status of each caller's gate, and of some unavailable hosts. Takes no lock. */
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
