package org.aibridge.core.http;

import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;

/** The AI service over HTTP. */
public final class HttpService implements Service {
  private final ServiceClient client;
  private final EventSink events;
  private final ActionSource actions;

  /** Creates the service on {@code client}; whoever made the client closes it. */
  public HttpService(ServiceClient client, Supplier<BridgeConfig> config, BridgeClock clock) {
    this.client = client;
    this.events = new HttpEventSink(client, config, clock);
    this.actions = new HttpActionSource(client, config, clock);
  }

  @Override
  public EventSink events() {
    return events;
  }

  @Override
  public ActionSource actions() {
    return actions;
  }

  @Override
  public Standing standing(Use use) {
    return client.standing(caller(use));
  }

  private static ServiceRequest.Caller caller(Use use) {
    return switch (use) {
      case EVENTS -> ServiceRequest.Caller.DISPATCH;
      case POLLS -> ServiceRequest.Caller.ACTIONS;
      case RESULTS -> ServiceRequest.Caller.RESULTS;
    };
  }

  @Override
  public void retryNow() {
    client.retryNow();
  }

  @Override
  public Trial trial(Use use) {
    return client.trial(caller(use));
  }

  /** Does nothing: scripts use the client as well, so its owner closes it. */
  @Override
  public void close() {}
}
