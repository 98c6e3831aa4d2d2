package org.aibridge.core.service;

/** A service that combines two engines: one for events, one for actions and their results. */
public record ServicePair(Service ofEvents, Service ofActions) implements Service {
  @Override
  public EventSink events() {
    return ofEvents.events();
  }

  @Override
  public ActionSource actions() {
    return ofActions.actions();
  }

  @Override
  public Standing standing(Use use) {
    return (use == Use.EVENTS ? ofEvents : ofActions).standing(use);
  }

  @Override
  public void retryNow() {
    ofEvents.retryNow();
    ofActions.retryNow();
  }

  @Override
  public Trial trial(Use use) {
    return (use == Use.EVENTS ? ofEvents : ofActions).trial(use);
  }

  @Override
  public void close() {
    ofEvents.close();
    ofActions.close();
  }
}
