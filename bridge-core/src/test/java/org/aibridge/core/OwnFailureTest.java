package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.aibridge.testlib.ChildClasses;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What befalls a whole process: its service is well all the while, and is not blamed. */
@Tag("slow")
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class OwnFailureTest {
  private static final int EVENTS = 3000;
  private static final int FIRST = 200;
  private static final long STOPPED_MS = 6000;

  /** What may pass after a shortage until everything goes on. */
  private static final long BACK_MS = 5000;

  @TempDir Path folder;

  @Test
  void takesTheTimeOutsOfAStoppedProcessForNoOutage() throws Exception {
    try (SteadyService service = new SteadyService(150)) {
      Path conf =
          conf(service)
              .set("ai_service", "timeout_read", 3000)
              .set("ai_service", "timeout_connect", 1000)
              .set("event_dispatcher", "lanes", 8)
              .set("event_dispatcher", "batch_size", 20)
              .set("event_dispatcher", "max_batch_size", 20)
              .write();
      try (ChildJvm child = ChildJvm.start(folder, BridgeChild.class, conf.toString())) {
        assertThat(child.ask("publish " + EVENTS)).isEqualTo(Integer.toString(EVENTS));
        until("events are under way", () -> service.events() > EVENTS / 4);
        signal("-STOP", child);
        Thread.sleep(STOPPED_MS);
        int before = service.events();
        assertThat(before).as("events while it stands still").isLessThan(EVENTS * 3 / 4);
        signal("-CONT", child);
        drain(child);
        assertThat(child.ask("close")).isEqualTo("closed");
      }
      assertEachUnderOneKeyAndInOrder(service, EVENTS);
    }
  }

  @Test
  void sendsOnWithinSecondsOnceThereAreDescriptorsAgain() throws Exception {
    Needs.program("prlimit", "util-linux");
    try (SteadyService service = new SteadyService(0)) {
      Path conf = conf(service).set("http_pool", "keep_alive", "no").write();
      List<String> limited = List.of("prlimit", "--nofile=300:300");
      try (ChildJvm child =
          ChildJvm.start(folder, limited, ChildClasses.plain(), BridgeChild.class, conf)) {
        child.ask("publish " + FIRST);
        until("the first are sent", () -> service.events() == FIRST);
        child.ask("status");
        child.ask("hold");
        List<String> seen = new ArrayList<>();
        until(
            "the shortage is told",
            () -> {
              seen.add(child.ask("status"));
              return seen.get(seen.size() - 1).contains("too many open files (300)");
            });
        child.ask("publish " + EVENTS);
        for (long end = System.nanoTime() + 3_000_000_000L; System.nanoTime() < end; ) {
          seen.add(child.ask("status"));
        }
        assertThat(seen.get(seen.size() - 1)).contains("state=DEGRADED");
        assertThat(seen).allMatch(status -> status.contains("breaker=CLOSED"));
        assertThat(service.events()).isLessThan(FIRST + EVENTS);
        child.ask("free");
        long freed = System.nanoTime();
        until("all are sent", () -> service.events() == FIRST + EVENTS);
        assertThat((System.nanoTime() - freed) / 1_000_000).isLessThan(BACK_MS);
        drain(child);
        assertThat(child.ask("close")).isEqualTo("closed");
      }
      assertEachUnderOneKeyAndInOrder(service, FIRST + EVENTS);
    }
  }

  /** For longer than elsewhere: the machine may be busy, and it is not what is looked at. */
  private static void until(String what, Callable<Boolean> condition) {
    await(what)
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(5))
        .pollInSameThread()
        .until(condition);
  }

  private ConfFile conf(SteadyService service) {
    return new ConfFile(folder, service.baseUrl()).set("circuit_breaker", "timeout", 60_000);
  }

  private static void drain(ChildJvm child) {
    until(
        "nothing waits",
        () -> {
          String status = child.ask("status");
          assertThat(status).contains("breaker=CLOSED").doesNotContain("state=OUTAGE");
          return status.contains("waiting=0");
        });
  }

  private static void signal(String name, ChildJvm child) throws Exception {
    Process kill = new ProcessBuilder("kill", name, Long.toString(child.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static void assertEachUnderOneKeyAndInOrder(SteadyService service, int events) {
    assertThat(service.keys).hasSize(events);
    assertThat(service.keys.values()).allSatisfy(keys -> assertThat(keys).hasSize(1));
    service
        .orders
        .values()
        .forEach(
            ids -> {
              List<Long> sequences =
                  ids.stream().map(id -> Long.parseLong(id.split(":")[1])).toList();
              List<Long> sorted = new ArrayList<>(sequences);
              Collections.sort(sorted);
              assertThat(sequences).isEqualTo(sorted);
            });
  }
}
