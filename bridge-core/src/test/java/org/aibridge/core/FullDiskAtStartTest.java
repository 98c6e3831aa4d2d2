package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A reserve that no disk has is a disk that is full. */
@Timeout(60)
class FullDiskAtStartTest {
  private static final int MORE_THAN_ANY_DISK = 1_000_000;
  private static final int EVENTS = 500;

  @TempDir Path folder;

  @Test
  void refusesAtOnceAndSaysHowMuchIsFree(@AiService FakeAiService service) {
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    conf.set("journal", "reserve_mb", MORE_THAN_ANY_DISK);
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
      assertThat(bridge.status().state()).isEqualTo(BridgeState.DEGRADED);
      assertThat(bridge.status().problem())
          .contains(folder.resolve("journal").toString(), "MB free", "1000000 MB", "reserve");
      assertThat(bridge.status().events().refusals())
          .extracting(BridgeStatus.Refusal::name)
          .contains("daily_reset/disk_low");
    }
  }

  /**
   * What a process accepted and had no time to journal is in its ring, for which there is no room.
   */
  @Test
  void keepsTheRingOfADeadProcessUntilThereIsRoomAndDeliversItsEventsOnce(
      @AiService FakeAiService service) throws Exception {
    Intake dead = Intake.create(folder.resolve("intake.ring"), 1000, 65_536, new Refusals());
    for (int i = 0; i < EVENTS; i++) {
      assertThat(dead.publish(GameEvent.monsterKill(i, "prontera", i))).isTrue();
    }
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    conf.set("journal", "reserve_mb", MORE_THAN_ANY_DISK).write();
    for (int start = 0; start < 2; start++) {
      try (AiBridge bridge = AiBridge.start(conf.path())) {
        assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
        assertThat(bridge.status().state()).isEqualTo(BridgeState.DEGRADED);
      }
      assertThat(folder.resolve("intake.ring.left")).exists();
    }
    conf.set("journal", "reserve_mb", 16).write();
    for (int start = 0; start < 2; start++) {
      try (AiBridge bridge = AiBridge.start(conf.path())) {
        Waits.until("it accepts", () -> bridge.publish(GameEvent.dailyReset()));
        Waits.untilNothingWaits(bridge);
      }
    }
    assertThat(service.receivedEventIds()).hasSize(EVENTS + 2);
    assertThat(Files.exists(folder.resolve("intake.ring.left"))).isFalse();
  }

  @Test
  void putsNoRingInThePlaceOfOneThatWaitsAlready(@AiService FakeAiService service)
      throws Exception {
    Path left = folder.resolve("intake.ring.left");
    publish(left, 0, 7);
    publish(folder.resolve("intake.ring"), 7, 12);
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    conf.set("journal", "reserve_mb", MORE_THAN_ANY_DISK).write();
    for (int start = 0; start < 2; start++) {
      AiBridge.start(conf.path()).close();
      assertThat(left).exists();
      assertThat(folder.resolve("intake.ring.left2")).exists();
    }
    conf.set("journal", "reserve_mb", 16).write();
    try (AiBridge bridge = AiBridge.start(conf.path())) {
      Waits.untilNothingWaits(bridge);
    }
    assertThat(service.receivedEvents())
        .extracting(event -> event.json().at("/payload/monster_id").asInt())
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(left).doesNotExist();
    assertThat(folder.resolve("intake.ring.left2")).doesNotExist();
  }

  private static void publish(Path ring, int from, int to) throws Exception {
    Intake dead = Intake.create(ring, 1000, 65_536, new Refusals());
    for (int i = from; i < to; i++) {
      assertThat(dead.publish(GameEvent.monsterKill(i, "prontera", i))).isTrue();
    }
  }
}
