package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.http.HttpActionSource;
import org.aibridge.core.http.TestConfig;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Retries;

/** An action service on a fake transport, driven by hand; what was applied is written down. */
final class Rig implements AutoCloseable {
  final ManualClock clock;
  final FakeTransport transport = new FakeTransport();
  final Limits limits;
  final Permits permits;
  final ActionService service;

  /** The ids the handlers of {@code broadcast} and {@code custom} were given. */
  final List<String> applied = new ArrayList<>();

  Rig(Path ledger) {
    this(new Limits(ledger), new ManualClock());
  }

  Rig(Limits limits, ManualClock clock) {
    this(limits, new Permits(), clock, 0, null);
  }

  Rig(Limits limits, ManualClock clock, long reserveBytes) {
    this(limits, new Permits(), clock, reserveBytes, null);
  }

  /** {@code marks} as in {@link ActionSettings}. */
  Rig(Limits limits, Permits permits, ManualClock clock, long reserveBytes, Path marks) {
    this.limits = limits;
    this.permits = permits;
    this.clock = clock;
    try {
      service =
          new ActionService(
              settings(reserveBytes, marks),
              new HttpActionSource(transport, TestConfig::plain, clock),
              Rig::retries,
              World.of(clock),
              () -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    register();
  }

  Rig(Limits limits, ManualClock clock, ActionLedger ledger) {
    this(limits, clock, ledger, null);
  }

  /** {@code marks} as in {@link ActionSettings}. */
  Rig(Limits limits, ManualClock clock, ActionLedger ledger, Path marks) {
    this.limits = limits;
    this.permits = new Permits();
    this.clock = clock;
    service =
        new ActionService(
            settings(0, marks),
            ledger,
            new ActionRates(new LogThrottle(clock)),
            new HttpActionSource(transport, TestConfig::plain, clock),
            Rig::retries,
            World.of(clock),
            () -> {});
    register();
  }

  private ActionSettings settings(long reserveBytes, Path marks) {
    return new ActionSettings(
        limits, permits, () -> "http://ai", audit().getParent(), marks, reserveBytes, false);
  }

  /** Where the audit log lies: beside the ledger. */
  Path audit() {
    return limits
        .ledger
        .resolveSibling(limits.ledger.getFileName() + "-journal")
        .resolve("actions-audit.jsonl");
  }

  /** Attempts after 1 s, 2 s, 4 s, without jitter. */
  static Retries retries() {
    return new Retries(3, Duration.ofSeconds(1), () -> 0.5);
  }

  static String broadcast(String id) {
    return "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hi\"}}"
        .formatted(id);
  }

  /** What a poll is answered with that offers {@code a<from>} and so on. */
  static String broadcasts(int from, int to) {
    return "{\"actions\":["
        + String.join(",", IntStream.range(from, to).mapToObj(i -> broadcast("a" + i)).toList())
        + "]}";
  }

  static String custom(String id) {
    return "{\"action_id\":\"%s\",\"action_type\":\"custom\",\"payload\":{}}".formatted(id);
  }

  private void register() {
    service.onAction(
        Broadcast.class,
        action -> {
          applied.add(action.header().id());
          return ActionReply.done("said");
        });
    service.onCustomAction("custom", this::applyCustom);
  }

  private ActionReply applyCustom(CustomAction action) {
    applied.add(action.header().id());
    return ActionReply.done();
  }

  /** Polls once and has the poll answered with these actions. */
  void offer(String... actions) {
    answerPoll("{\"actions\":[" + String.join(",", actions) + "]}");
  }

  void answerPoll(String body) {
    answerPoll(body.getBytes(StandardCharsets.UTF_8));
  }

  void answerPoll(byte[] body) {
    service.tick();
    nextPoll().answer(Answer.Kind.OK, 200, body);
    service.runOnce();
  }

  /** Waits until the next poll is sent; results that come before it stay open. */
  FakeTransport.Sent nextPoll() {
    int before = transport.polls().size();
    for (int i = 0; i < 200 && transport.polls().size() == before; i++) {
      service.runOnce();
      if (transport.polls().size() == before) {
        clock.advanceMs(100);
      }
    }
    assertThat(transport.polls()).as("polls").hasSize(before + 1);
    return transport.polls().get(before);
  }

  /** Ticks, waits for the next poll, and returns its URL. */
  String nextPollAfterTick() {
    service.tick();
    return nextPoll().request().url();
  }

  /** Has every result that is due acknowledged; returns {@code id status message} of each. */
  List<String> acknowledgeResults() {
    List<String> results = new ArrayList<>();
    service.runOnce();
    int from = 0;
    for (int idle = 0; idle < 2; ) {
      List<FakeTransport.Sent> reports = transport.reports();
      idle = from == reports.size() ? idle + 1 : 0;
      for (FakeTransport.Sent report : reports.subList(from, reports.size())) {
        if (!answered.contains(report)) {
          answered.add(report);
          results.add(describe(report));
          report.answer(Answer.Kind.OK, 200);
        }
      }
      from = reports.size();
      service.runOnce();
    }
    return results;
  }

  private final Set<FakeTransport.Sent> answered =
      Collections.newSetFromMap(new IdentityHashMap<>());

  static String describe(FakeTransport.Sent report) {
    return report.json().path("action_id").asText()
        + " "
        + report.json().path("status").asText()
        + " "
        + report.json().path("message").asText();
  }

  /** The results that are on the way now; to be answered by the test. */
  List<FakeTransport.Sent> openReports() {
    service.runOnce();
    return transport.reports().stream().filter(report -> answered.add(report)).toList();
  }

  /** The service's own, which it shows to nobody. */
  ActionLedger ledger() throws ReflectiveOperationException {
    var ledger = ActionService.class.getDeclaredField("ledger");
    ledger.setAccessible(true);
    return (ActionLedger) ledger.get(service);
  }

  /** As {@code kill -9} does: what is on disk stays, nothing is settled. */
  void kill() throws ReflectiveOperationException {
    ledger().close();
  }

  @Override
  public void close() {
    service.close();
  }
}
