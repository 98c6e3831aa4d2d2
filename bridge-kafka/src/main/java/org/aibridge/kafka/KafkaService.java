package org.aibridge.kafka;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceSetup;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;
import org.slf4j.Logger;

/**
 * The AI service over Kafka. Two threads beside those of Kafka's clients: one writes, one reads,
 * and a third asks for the lag of the AI's group where one is named; each may wait for a broker,
 * and nobody waits for them.
 */
final class KafkaService implements Service {
  private static final Logger log = Logs.of(KafkaService.class);
  private static final long MAX_IDLE_NANOS = 5_000_000;
  private static final long REST_NANOS = 250_000_000;

  /**
   * How long a close waits for Kafka's clients to end, and as long again for what waits in them.
   * {@link #STOP_MS} for each thread may come to it.
   */
  private static final long CLOSE_NANOS = 1_000_000_000;

  private static final int STOP_MS = 250;

  private final World world;
  private final String threads;
  private final Clients clients;
  private final Worker writing;
  private final Worker reading;
  private final RecordWriter writer;
  private final ActionReader reader;
  private final KafkaGate events;
  private final KafkaGate polls;
  private final KafkaGate results;
  private final EventSink sink;
  private final ActionSource source;

  /** Null where no group of consumers is named, as is its thread. */
  private final GroupLag lag;

  private final Worker asking;
  private boolean closed;

  private KafkaService(ServiceSetup setup, Clients clients) {
    BridgeConfig config = setup.config().get();
    BridgeConfig.Kafka kafka = config.kafka();
    world = setup.world();
    threads = setup.threads();
    this.clients = clients;
    BridgeClock clock = world.clock();
    LongSupplier hold = () -> setup.config().get().circuitBreaker().openTime().toNanos();
    events = new KafkaGate(hold, clock);
    polls = new KafkaGate(hold, clock);
    results = new KafkaGate(hold, clock);
    writing = world.threads().worker(setup.threads() + " kafka", MAX_IDLE_NANOS, REST_NANOS);
    reading = world.threads().worker(setup.threads() + " kafka-in", MAX_IDLE_NANOS, REST_NANOS);
    writer = new RecordWriter(clients::producer, clients::look, clock);
    reader =
        new ActionReader(
            kafka.actionsTopic(),
            clients::consumer,
            new TopicLook(clients::admin, clients::look),
            polls,
            clock);
    sink =
        new KafkaEventSink(
            kafka.eventsTopic(),
            config.bridge().serverId(),
            new RecordSender(writer, writing::wake, events, clock));
    source =
        new KafkaActionSource(
            reader,
            reading::wake,
            polls,
            kafka.resultsTopic(),
            new RecordSender(writer, writing::wake, results, clock));
    boolean asks = !kafka.consumerGroup().isEmpty();
    lag =
        asks
            ? new GroupLag(kafka.consumerGroup(), kafka.eventsTopic(), clients::admin, clock)
            : null;
    asking =
        asks
            ? world.threads().worker(setup.threads() + " kafka-lag", REST_NANOS, REST_NANOS)
            : null;
    writing.assign(inOurLoader(writer));
    reading.assign(inOurLoader(new Reading(reader, writer, writing)));
    if (asks) {
      asking.assign(inOurLoader(lag));
    }
  }

  /**
   * Opens the service and starts its threads; no connection is made.
   *
   * @throws IOException if a certificate or key cannot be read
   */
  static KafkaService open(ServiceSetup setup) throws IOException {
    return open(setup, new ClientProperties(setup.config().get()));
  }

  /** Opens the service over {@code clients}, and starts its threads. */
  static KafkaService open(ServiceSetup setup, Clients clients) {
    KafkaService service = new KafkaService(setup, clients);
    try {
      service.writing.start();
      service.reading.start();
      if (service.asking != null) {
        service.asking.start();
      }
      return service;
    } catch (Throwable e) { // A thread that cannot be made is an error.
      service.close();
      throw e;
    }
  }

  /** Reads; and as this thread waits for nothing without an end, it watches the one that may. */
  private record Reading(ActionReader reader, RecordWriter writer, Worker writing) implements Duty {
    @Override
    public int runOnce() {
      writer.endStuckFlush(writing::interrupt);
      return reader.runOnce();
    }

    @Override
    public long mayRestNanos() {
      return reader.mayRestNanos();
    }
  }

  /** Lets Kafka's client find its classes, whatever class loader the host's threads have. */
  private static Duty inOurLoader(Duty duty) {
    return new Duty() {
      @Override
      public int runOnce() {
        Thread.currentThread().setContextClassLoader(KafkaService.class.getClassLoader());
        return duty.runOnce();
      }

      @Override
      public long mayRestNanos() {
        return duty.mayRestNanos();
      }
    };
  }

  @Override
  public EventSink events() {
    return sink;
  }

  @Override
  public ActionSource actions() {
    return source;
  }

  @Override
  public Standing standing(Use use) {
    return gate(use).standing();
  }

  @Override
  public OptionalLong lag() {
    return lag == null ? OptionalLong.empty() : lag.get();
  }

  private KafkaGate gate(Use use) {
    return switch (use) {
      case EVENTS -> events;
      case POLLS -> polls;
      case RESULTS -> results;
    };
  }

  @Override
  public void retryNow() {
    for (Use use : Use.values()) {
      gate(use).retryNow();
    }
  }

  @Override
  public Trial trial(Use use) {
    return gate(use).trial();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    writer.beginClosing(writing::interrupt);
    boolean ended = world.threads().within(threads + " kafka-close", CLOSE_NANOS, this::endClients);
    writing.wake();
    reading.wake();
    world.threads().await(() -> reader.isClosed() && writer.isIdle(), CLOSE_NANOS, MAX_IDLE_NANOS);
    ended &= asking == null || asking.stop(STOP_MS);
    if (!writing.stop(STOP_MS) | !reading.stop(STOP_MS) | !ended) {
      log.warn("a thread of Kafka's client has not ended yet; it is left behind");
    }
  }

  private void endClients() {
    try {
      clients.close();
      reader.beginClosing();
      if (lag != null) {
        lag.beginClosing();
      }
      writer.close();
    } catch (Throwable e) {
      log.warn("a client of Kafka is left behind: {}", Reason.of(e));
    }
  }
}
