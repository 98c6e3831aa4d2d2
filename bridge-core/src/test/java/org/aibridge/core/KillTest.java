package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(120)
class KillTest {
  /** No start may hang; how fast one is on a machine that is not busy, the torture measures. */
  private static final long MAX_START_MS = 30_000;

  private static final long SEED = 20261120;
  private static final int ROUNDS = 3;
  private static final int LEDGER_BYTES = 1 << 20;
  private static final List<String> SERVICE =
      List.of("healthy", "hanging", "flapping", "healthy", "reset");

  @TempDir Path folder;

  @Test
  void losesNoAcceptedEventWhenTheProcessIsKilled(@AiService FakeAiService service)
      throws Exception {
    Random random = new Random(SEED);
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("ai_service", "timeout_read", 1000);
    conf.write();
    Set<Long> accepted = new TreeSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      service.switchTo(SERVICE.get(round));
      Path ledger = folder.resolve("accepted-" + round);
      try (ChildJvm child =
          ChildJvm.start(
              folder,
              Publisher.class,
              conf.path().toString(),
              ledger.toString(),
              Long.toString(round * 1_000_000L))) {
        long readyMs = Long.parseLong(child.line());
        assertThat(readyMs).as("ms until ready").isLessThan(MAX_START_MS);
        Waits.until("the child publishes", () -> count(ledger) > 0);
        LockSupport.parkNanos(random.nextInt(50, 900) * 1_000_000L);
        child.kill();
      }
      List<Long> ofRound = entries(ledger);
      assertThat(ofRound).as("round %d", round).isNotEmpty();
      accepted.addAll(ofRound);
    }
    service.switchTo("healthy");
    long start = System.nanoTime();
    try (AiBridge bridge = AiBridge.start(conf.path())) {
      assertThat(System.nanoTime() - start).isLessThan(MAX_START_MS * 1_000_000);
      assertThat(bridge.status().problem()).isEmpty();
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().events().deadLettered()).isZero();
    }
    Set<Long> received = new HashSet<>();
    Map<Long, Set<String>> idsOfNumber = new HashMap<>();
    Map<String, Set<String>> keysOfId = new HashMap<>();
    for (ReceivedEvent event : service.receivedEvents()) {
      long number = event.json().at("/payload/n").asLong();
      if (event.acknowledged()) {
        received.add(number);
      }
      idsOfNumber.computeIfAbsent(number, n -> new HashSet<>()).add(event.eventId());
      keysOfId.computeIfAbsent(event.eventId(), id -> new HashSet<>()).add(event.idempotencyKey());
    }
    assertThat(received).containsAll(accepted);
    // A number more may be there for each kill: accepted, and not yet noted in the ledger.
    assertThat(received.size() - accepted.size()).isBetween(0, ROUNDS);
    assertThat(idsOfNumber).allSatisfy((number, ids) -> assertThat(ids).hasSize(1));
    assertThat(keysOfId).allSatisfy((id, keys) -> assertThat(keys).as(id).hasSize(1));
    assertThat(keysOfId).hasSameSizeAs(idsOfNumber);
  }

  private static int count(Path ledger) throws IOException {
    return Files.exists(ledger) ? entries(ledger).size() : 0;
  }

  private static List<Long> entries(Path ledger) throws IOException {
    LongBuffer numbers = ByteBuffer.wrap(Files.readAllBytes(ledger)).asLongBuffer();
    List<Long> result = new java.util.ArrayList<>();
    while (numbers.hasRemaining()) {
      long number = numbers.get();
      if (number == 0) {
        break;
      }
      result.add(number - 1);
    }
    return result;
  }

  /** The process that is killed: notes each number in a mapped file once it was accepted. */
  static final class Publisher {
    private Publisher() {}

    public static void main(String[] arguments) throws Exception {
      long start = System.nanoTime();
      AiBridge bridge = AiBridge.start(Path.of(arguments[0]));
      System.out.println((System.nanoTime() - start) / 1_000_000);
      long first = Long.parseLong(arguments[2]);
      try (FileChannel channel =
          FileChannel.open(
              Path.of(arguments[1]),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        LongBuffer ledger =
            channel.map(FileChannel.MapMode.READ_WRITE, 0, LEDGER_BYTES).asLongBuffer();
        for (int i = 0; i < ledger.capacity(); i++) {
          long number = first + i;
          GameEvent event = GameEvent.custom("numbered", i % 31, null, "{\"n\":" + number + "}");
          while (!bridge.publish(event)) {
            Thread.yield();
          }
          ledger.put(i, number + 1);
          if (i % 5 == 0) {
            LockSupport.parkNanos(500_000);
          }
        }
      }
    }
  }
}
