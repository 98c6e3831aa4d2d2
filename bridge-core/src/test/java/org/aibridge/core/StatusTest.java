package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(60)
class StatusTest {
  /** Room above the reserve that other users of the disk will not fill meanwhile. */
  private static final int MARGIN_MB = 80;

  @TempDir Path folder;

  @Test
  void tellsAnOutageAndItsEnd(@AiService("refusing") FakeAiService service) {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("circuit_breaker", "failure_threshold", 2)
            .set("http_pool", "retry_delay", 3000);
    long beforeMs = System.currentTimeMillis();
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().outlook().startedMs()).isGreaterThanOrEqualTo(beforeMs);
      long publishedMs = System.currentTimeMillis();
      bridge.publish(GameEvent.dailyReset());
      BridgeStatus outage = when(bridge, BridgeState.OUTAGE);
      assertThat(outage.problem())
          .contains("does not answer", "Connection refused", "1 event waits");
      assertThat(outage.initialized()).isTrue();
      assertThat(outage.outlook().command()).isEqualTo("retry");
      assertThat(outage.outlook().toDo()).startsWith("the AI team: start it");
      assertThat(outage.outlook().lastTakenMs()).isZero();
      long sinceMs = outage.outlook().sinceMs();
      assertThat(sinceMs)
          .as("when the event began to stand, and not when the breaker was sure")
          .isBetween(publishedMs - 100, publishedMs + 1000);
      assertThat(bridge.statusJson()).contains("\"healthy\":false");
      service.switchTo("healthy");
      Waits.untilNothingWaits(bridge);
      BridgeStatus well = when(bridge, BridgeState.RUNNING);
      assertThat(well.problem()).isEmpty();
      assertThat(well.outlook().toDo()).isEmpty();
      assertThat(well.outlook().lastTakenMs()).isGreaterThan(sinceMs);
      BridgeStatus.Trouble last = well.outlook().lastTrouble();
      // Where the machine is slow, catching up stands longer than the outage did, and names both.
      assertThat(last.state()).isIn(BridgeState.OUTAGE, BridgeState.DEGRADED);
      assertThat(last.problem()).isNotEmpty();
      assertThat(last.sinceMs()).isCloseTo(sinceMs, within(1000L));
      assertThat(last.untilMs()).isGreaterThanOrEqualTo(well.outlook().lastTakenMs());
      assertThat(well.http().gates().get(0))
          .extracting(BridgeStatus.Gate::name, BridgeStatus.Gate::failed)
          .containsExactly("events", well.http().gates().get(0).requests() - 1);
    }
  }

  @Test
  void countsNothingOfWhatTheStartGoesThroughToWarmUp(@AiService FakeAiService service) {
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      BridgeStatus fresh = bridge.status();
      assertThat(fresh.events().accepted()).isZero();
      assertThat(fresh.events().refused()).isZero();
      assertThat(fresh.actions().pending()).isZero();
      assertThat(fresh.actions().applied() + fresh.actions().failed() + fresh.actions().refused())
          .isZero();
    }
  }

  @Test
  void tellsThatTheCredentialsAreRefused(@AiService("forbidden") FakeAiService service) {
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      bridge.publish(GameEvent.dailyReset());
      BridgeStatus held = when(bridge, BridgeState.HELD);
      assertThat(held.problem()).contains("403", "api_key");
      assertThat(held.http().breaker()).isEqualTo(GateState.CLOSED);
      assertThat(held.outlook().command()).isEqualTo("reload");
      assertThat(bridge.statusJson()).contains("\"healthy\":false", "\"state\":\"held\"");
      assertThat(bridge.status().events().waiting()).isEqualTo(1);
    }
  }

  @Test
  void rendersNothingForWhoIsContentWithAStatusOfLate(@AiService("healthy") FakeAiService service) {
    AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write());
    try (bridge) {
      Waits.until("the same text", () -> bridge.recentStatusJson() == bridge.recentStatusJson());
      assertThat(bridge.recentStatusJson()).contains("\"initialized\":true");
    }
    assertThat(bridge.recentStatusJson()).contains("\"initialized\":false");
  }

  /** Scripts read the first of them, and have no business with the server's files. */
  @Test
  void tellsOperatorsAloneWhereTheConfigurationLies(@AiService("healthy") FakeAiService service)
      throws Exception {
    Path conf = new ConfFile(folder, service.baseUrl()).write();
    try (AiBridge bridge = AiBridge.start(conf)) {
      Waits.until("the same text", () -> bridge.recentStatusJson() == bridge.recentStatusJson());
      assertThat(bridge.recentStatusJson()).doesNotContain(conf.toString(), "process\":{");
      assertThat(bridge.statusJson()).doesNotContain(conf.toString(), "process\":{");
      Waits.until("the status is on disk", () -> statusFile().isPresent());
      assertThat(statusFile().orElseThrow())
          .content()
          .contains("\"process\":{", "\"configuration\":\"" + conf);
    }
  }

  private Optional<Path> statusFile() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.endsWith("status.json")).findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // Something was removed while it was walked.
    }
  }

  @Test
  void tellsThatTheServiceRedirects(@AiService("redirect") FakeAiService service) {
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      bridge.publish(GameEvent.dailyReset());
      assertThat(when(bridge, BridgeState.HELD).problem()).contains("302", "base_url");
    }
  }

  @Test
  void knowsNothingOfTheDiskWhenItOnlyPromisesTheProcess(
      @AiService("refusing") FakeAiService service) {
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      bridge.publish(GameEvent.dailyReset());
      Waits.until("journaled", () -> bridge.status().events().journaled() == 1);
      BridgeStatus status = bridge.status();
      assertThat(status.durability().mode()).isEqualTo(BridgeStatus.Durability.Mode.PROCESS);
      assertThat(status.durability().osCrashCost()).isEqualTo(1);
      assertThat(status.durability().lastSyncAgeMs()).isEqualTo(-1);
      assertThat(status.events().synced()).isEqualTo(-1);
      assertThat(status.events().damaged()).isZero();
    }
  }

  @Test
  void tellsWhatACrashOfTheMachineWouldCost(@AiService("refusing") FakeAiService service) {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 200)
            .set("journal", "durability", "os")
            .set("journal", "sync_interval", 10);
    for (int start = 0; start < 2; start++) {
      int carriedOver = 100 * start;
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        assertThat(bridge.status().events().carriedOver()).isEqualTo(carriedOver);
        for (int i = 0; i < 100; i++) {
          assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
          BridgeStatus.Events events = bridge.status().events();
          long cost = bridge.status().durability().osCrashCost();
          assertThat(cost).isBetween(0L, events.waiting());
          assertThat(events.synced()).isBetween(-1L, events.journaled());
          assertThat(events.journaled()).isBetween(0L, events.accepted());
        }
        Waits.until("synced", () -> bridge.status().events().synced() == 100);
        BridgeStatus status = bridge.status();
        assertThat(status.events().waiting()).isEqualTo(100 + carriedOver);
        assertThat(status.durability().mode()).isEqualTo(BridgeStatus.Durability.Mode.OS);
        assertThat(status.durability().syncIntervalMs()).isEqualTo(10);
        assertThat(status.durability().osCrashCost()).isZero();
        assertThat(status.durability().lastSyncAgeMs()).isNotNegative();
        assertThat(status.durability().lastSyncMs()).isPositive();
        assertThat(status.durability().failedSyncs()).isZero();
      }
    }
  }

  /** The start finds the damage itself, before any reader comes to it. */
  @Test
  void countsWhatIsLostToDamageAndWaitsForItNoMore(@AiService("refusing") FakeAiService service)
      throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("bridge", "shutdown_timeout", 200);
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      for (int i = 1; i <= 3; i++) {
        int journaled = i;
        bridge.publish(GameEvent.dailyReset());
        Waits.until("a record", () -> bridge.status().events().journaled() == journaled);
      }
    }
    Path segment = folder.resolve("journal").resolve("19700101-0001.cq4");
    byte[] bytes = Files.readAllBytes(segment);
    int second = indexOf(bytes, "ALG1", indexOf(bytes, "ALG1", 0) + 4);
    bytes[second + 20] ^= 1;
    Files.write(segment, bytes);
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      BridgeStatus.Events events = bridge.status().events();
      assertThat(events.damaged()).isEqualTo(1);
      // The lost one is carried over where the cursor, saved now and then, had come to know of it.
      assertThat(events.carriedOver()).isBetween(2L, 3L);
      assertThat(events.waiting()).isEqualTo(2);
    }
  }

  private static int indexOf(byte[] bytes, String text, int from) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
  }

  @Test
  void tellsThatTheDiskHasFallenBelowItsReserveAndThatThereIsRoomAgain(
      @AiService FakeAiService service) throws Exception {
    Path sharedMemory = Path.of("/dev/shm");
    assumeTrue(Files.isDirectory(sharedMemory), "no disk that a test may fill");
    Path disk = Files.createTempDirectory(sharedMemory, "aibridge-test");
    try {
      long freeMb = Files.getFileStore(disk).getUsableSpace() >> 20;
      assumeTrue(freeMb > 3 * MARGIN_MB, "too small a disk");
      ConfFile conf = new ConfFile(disk, service.baseUrl());
      conf.set("journal", "reserve_mb", freeMb - MARGIN_MB);
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
        Path filler = disk.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
          for (int mb = 0; mb < 2 * MARGIN_MB; mb++) {
            out.write(new byte[1 << 20]);
          }
        }
        // The ledger may notice first; the journal does within a second.
        String journal = disk.resolve("journal").toString();
        Waits.until("journal", () -> bridge.status().problem().contains(journal));
        BridgeStatus full = when(bridge, BridgeState.DEGRADED);
        assertThat(full.problem()).contains(journal, "reserve", "are refused");
        assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
        assertThat(bridge.status().events().refusals())
            .extracting(BridgeStatus.Refusal::name)
            .contains("daily_reset/disk_low");
        Files.delete(filler);
        assertThat(when(bridge, BridgeState.RUNNING).problem()).isEmpty();
        assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
        Waits.untilNothingWaits(bridge);
      }
    } finally {
      try (Stream<Path> all = Files.walk(disk)) {
        all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
    assertThat(service.receivedEventIds()).hasSize(2);
  }

  private static BridgeStatus when(AiBridge bridge, BridgeState state) {
    BridgeStatus[] seen = new BridgeStatus[1];
    Waits.until(
        state.name(),
        () -> {
          bridge.tick(); // Polls are what probes the service when there is no event.
          seen[0] = bridge.status();
          return seen[0].state() == state;
        });
    return seen[0];
  }
}
