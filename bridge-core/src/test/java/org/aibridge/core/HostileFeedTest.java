package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers that hold very many actions, nearly all of them absurd, to a bridge in a process of its
 * own; {@code -Daibridge.hostile.actions=1000000} is the full size.
 */
@Tag("slow")
@Timeout(1800)
class HostileFeedTest {
  private static final int ACTIONS = Integer.getInteger("aibridge.hostile.actions", 20_000);
  private static final int ROOM_MB = 64;
  private static final int BUDGET_US = 1000;

  /** Of the ticks, those that may be late by the clock because others use the machine too. */
  private static final double LATE_SHARE = 0.5;

  /** The same by CPU time, which has the collector's barriers and page faults in it. */
  private static final double LATE_SHARE_BY_CPU = 0.01;

  private static final int SPLIT_SECOND_MS = 50;

  @TempDir Path folder;

  @Test
  void refusesEachWithAReasonOrQueuesItWithinItsHeapAndItsTicks() throws Exception {
    int idleMb = idleMb();
    try (HostileFeed feed = new HostileFeed(ACTIONS);
        ChildJvm child = start("fed", feed, idleMb + ROOM_MB)) {
      long start = System.nanoTime();
      child.line();
      int before = -1;
      for (int still = 0; !feed.isOver() && still < 1200; still++) {
        Thread.sleep(SPLIT_SECOND_MS);
        still = feed.ended() == before ? still : 0;
        before = feed.ended();
      }
      int ended = feed.ended();
      String figures = child.ask("measured");
      assertThat(figures).as("after %d, %s", ended, feed.results()).startsWith("usedKb");
      Map<String, Long> measured = numbers(figures);
      System.out.printf(
          "hostile feed: %d actions in %d answers, %.1f s; idle %d MB, -Xmx%dm; %s; %s%n",
          feed.ended(),
          feed.polls(),
          (System.nanoTime() - start) / 1e9,
          idleMb,
          idleMb + ROOM_MB,
          measured,
          feed.results());
      assertThat(feed.wrong()).isEmpty();
      assertThat(feed.ended()).as("%s, %s", feed.results(), errors("fed")).isEqualTo(ACTIONS);
      assertThat(feed.results().keySet()).containsAll(kindsWithResult());
      assertThat(measured.get("applied")).isEqualTo(ACTIONS / 100);
      assertThat(measured.get("usedKb")).isLessThan((idleMb + ROOM_MB) * 1024L);
      assertThat(errors("fed")).doesNotContain("OutOfMemoryError");
      assertThat((double) measured.get("overByCpu"))
          .as("ticks over, by CPU time, of %d", measured.get("working"))
          .isLessThanOrEqualTo(Math.max(1, LATE_SHARE_BY_CPU * measured.get("working")));
      assertThat((double) measured.get("overByClock"))
          .as("ticks over, by the clock, of %d", measured.get("working"))
          .isLessThanOrEqualTo(LATE_SHARE * measured.get("working"));
    }
  }

  private Set<String> kindsWithResult() {
    Set<String> kinds = new HashSet<>();
    for (int i = 0; i < ACTIONS; i++) {
      kinds.add(HostileFeed.kind(i).name());
    }
    kinds.remove(HostileFeed.Kind.NO_ID.name());
    return kinds;
  }

  /** What the same process uses with nothing to do, in full MB, rounded down. */
  private int idleMb() throws Exception {
    try (HostileFeed feed = new HostileFeed(0);
        ChildJvm child = start("idle", feed, 256)) {
      return (int) (Long.parseLong(child.line()) >> 10);
    }
  }

  private ChildJvm start(String name, HostileFeed feed, int heapMb) throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    Path conf =
        new ConfFile(own, feed.baseUrl())
            .set("action_executor", "tick_budget_us", BUDGET_US)
            .set("action_executor", "poll_limit", 10_000)
            .set("action_executor", "action_ttl", 0)
            .set("action_limits", "maps_allowed", "prontera")
            .set("action_limits", "spawn_monster.per_minute", 0)
            .set("ai_service", "timeout_read", 30_000)
            .write();
    List<String> flags =
        List.of(
            "-XX:-UseSerialGC",
            "-XX:+UseG1GC",
            "-Xmx" + heapMb + "m",
            "-XX:+ExitOnOutOfMemoryError");
    return ChildJvm.start(own, List.of(), flags, HostileFeedChild.class, "" + conf, "" + BUDGET_US);
  }

  private String errors(String name) throws Exception {
    List<String> lines = Files.readAllLines(folder.resolve(name).resolve("child.err"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }

  private static Map<String, Long> numbers(String line) {
    return Arrays.stream(line.split(" "))
        .map(word -> word.split("="))
        .collect(Collectors.toMap(word -> word[0], word -> Long.parseLong(word[1])));
  }
}
