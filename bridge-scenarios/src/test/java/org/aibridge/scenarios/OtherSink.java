package org.aibridge.scenarios;

import java.util.List;
import java.util.function.Consumer;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceCheck;
import org.aibridge.core.service.ServiceProvider;
import org.aibridge.core.service.ServiceSetup;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;
import org.aibridge.core.service.Verdict;

/** Stands in for Kafka: takes all events at once, and has no actions. */
public final class OtherSink implements ServiceProvider {
  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public Service open(ServiceSetup setup) {
    return new Taking();
  }

  @Override
  public List<ServiceCheck> check(ServiceSetup setup) {
    return List.of();
  }

  private static final class Taking implements Service, EventSink {
    @Override
    public EventSink events() {
      return this;
    }

    @Override
    public ActionSource actions() {
      throw new UnsupportedOperationException("actions come over HTTP");
    }

    @Override
    public Standing standing(Use use) {
      return Standing.WELL;
    }

    @Override
    public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
      onVerdict.accept(Verdict.Delivered.whole(new Verdict.Reply(0, "", "", "", false, 1)));
      return 0;
    }

    @Override
    public boolean takesSingly() {
      return true;
    }

    @Override
    public long notBeforeMs() {
      return 0;
    }

    @Override
    public void retryNow() {}

    @Override
    public Trial trial(Use use) {
      return Trial.NONE;
    }

    @Override
    public void close() {}
  }
}
