package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.http.HttpActionSource;
import org.aibridge.core.http.TestConfig;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Foreign;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Retries;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is thrown between a request and the end of its answer, polls and results go on. */
class PollAndReportFailureTest {
  private static final int ACTIONS = 6;

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final FakeTransport transport = new FakeTransport();
  private final Set<String> acknowledged = new HashSet<>();
  private boolean ticking;

  /** Counts its calls and throws at some of them. */
  private static final class Fault {
    private final int first;
    private int left;
    private int calls;

    Fault(int first, int times) {
      this.first = first;
      this.left = times;
    }

    void mayCome() {
      if (++calls >= first && left-- > 0) {
        Foreign.sneak(
            calls % 2 == 0
                ? new OutOfMemoryError("thrown by the test")
                : new IOException("thrown by the test"));
      }
    }

    boolean came() {
      return calls >= first;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40})
  void reportsEveryResultAndPollsOnWhereverAnErrorComes(int times) throws Exception {
    int lives = 0;
    Fault fault;
    do {
      // Not all of them: a life takes some tens of milliseconds.
      fault = new Fault(1 + lives++ * 11 + times % 11, times);
      live(fault, folder.resolve(times + "-" + lives));
    } while (fault.came() && lives < 40);
    assertThat(lives).isGreaterThan(10);
  }

  private void live(Fault fault, Path ledger) throws Exception {
    boolean[] failing = {false};
    BridgeClock faultyClock =
        new BridgeClock() {
          @Override
          public long nanos() {
            come(failing, fault);
            return clock.nanos();
          }

          @Override
          public long epochMs() {
            come(failing, fault);
            return clock.epochMs();
          }
        };
    Transport faulty =
        new Transport() {
          @Override
          public long trySend(
              org.aibridge.core.http.ServiceRequest request,
              java.util.function.Consumer<Answer> onAnswer) {
            come(failing, fault);
            return transport.trySend(request, onAnswer);
          }

          @Override
          public long notBeforeMs() {
            return 0;
          }
        };
    Supplier<Retries> retries =
        () -> {
          come(failing, fault);
          return Rig.retries();
        };
    Limits limits = new Limits(ledger);
    AtomicInteger applied = new AtomicInteger();
    ActionService service =
        new ActionService(
            new ActionSettings(
                limits,
                new Permits(),
                () -> "http://ai",
                ledger.resolveSibling(ledger.getFileName() + "-journal"),
                null,
                0,
                false),
            new HttpActionSource(faulty, TestConfig::plain, faultyClock),
            retries,
            World.of(faultyClock),
            () -> {});
    service.onAction(
        Broadcast.class,
        action -> {
          applied.incrementAndGet();
          return ActionReply.done();
        });
    acknowledged.clear();
    List<FakeTransport.Sent> before = transport.polls();
    failing[0] = true;
    for (int i = 0; i < 14; i++) {
      round(service, i);
    }
    failing[0] = false;
    for (int i = 0; i < 14; i++) {
      round(service, i);
    }
    assertThat(acknowledged).as("error at %d", fault.first).hasSize(ACTIONS);
    assertThat(applied).hasValue(ACTIONS);
    assertThat(service.isDrained()).isTrue();
    assertThat(transport.polls().size() - before.size()).as("polls").isGreaterThan(5);
    service.close();
  }

  private void come(boolean[] failing, Fault fault) {
    if (failing[0] && !ticking) { // The game thread has a fence of its own.
      fault.mayCome();
    }
  }

  /** A tick, some slices, and answers of many kinds to all that was asked. */
  private void round(ActionService service, int number) {
    ticking = true;
    service.tick();
    ticking = false;
    slice(service);
    for (FakeTransport.Sent sent = transport.next(); sent != null; sent = transport.next()) {
      if (number % 4 == 1) {
        sent.answer(Answer.Kind.LOCAL_FAILURE, 0);
      } else if (number % 4 == 2) {
        sent.answer(Answer.Kind.FAILED, 500);
      } else if (sent.isPoll()) {
        sent.ok(offers());
      } else {
        sent.answer(Answer.Kind.OK, 200);
        note(sent);
      }
    }
    slice(service);
    clock.advance(Duration.ofSeconds(3));
  }

  private void note(FakeTransport.Sent sent) {
    if (sent.json().isArray()) {
      sent.json().forEach(one -> acknowledged.add(one.path("action_id").asText()));
    } else {
      acknowledged.add(sent.json().path("action_id").asText());
    }
  }

  private String offers() {
    StringBuilder all = new StringBuilder("{\"max_results\":4,\"actions\":[");
    for (int i = 0; i < ACTIONS; i++) {
      if (!acknowledged.contains("a" + i)) {
        all.append(all.charAt(all.length() - 1) == '[' ? "" : ",").append(Rig.broadcast("a" + i));
      }
    }
    return all.append("]}").toString();
  }

  private static void slice(ActionService service) {
    for (int i = 0; i < 3; i++) {
      try {
        service.runOnce();
      } catch (Throwable e) {
        assertThat(e).hasStackTraceContaining("thrown by the test");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCAL_FAILURE", "CANCELLED"})
  void asksAgainSoonAndSaysNothingOfWhatIsNoFailureOfTheService(Answer.Kind ours) {
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.service.tick();
      for (int i = 1; i <= 20; i++) {
        rig.service.runOnce();
        assertThat(rig.transport.polls()).hasSize(i);
        rig.transport.next().answer(ours, 0);
        rig.service.runOnce();
        rig.clock.advance(Duration.ofSeconds(1));
        rig.service.tick();
      }
    } finally {
      System.setErr(before);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8)).doesNotContain("ActionPoller");
  }
}
