package org.aibridge.core;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aibridge.core.dispatch.Dispatchers;
import org.aibridge.core.operator.BridgeCommands;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Trial;

/**
 * Asks the service now, instead of when the breaker, a hold or the wait after a failure would allow
 * it. Any thread but the game's; no waiting.
 */
final class RetryOfAll implements BridgeCommands.Retry {
  private final Stages stages;

  RetryOfAll(Stages stages) {
    this.stages = stages;
  }

  @Override
  public void now() {
    stages.client.retryNow();
    if (stages.kafka != null) {
      stages.kafka.retryNow();
    }
    stages.dispatchers.retryNow();
    stages.actions.retryNow();
    stages.dispatchWorker.wake();
    stages.actionsWorker.wake();
  }

  @Override
  public Map<String, Trial> trials() {
    Map<String, Trial> trials = new LinkedHashMap<>();
    for (Dispatchers.Route route : stages.dispatchers.all()) {
      trials.put("events to " + route.sink(), route.service().trial(Service.Use.EVENTS));
    }
    trials.put("polls", stages.service.trial(Service.Use.POLLS));
    trials.put("results", stages.service.trial(Service.Use.RESULTS));
    return trials;
  }

  @Override
  public long orderedMs() {
    return stages.client.retryAfterMs();
  }
}
