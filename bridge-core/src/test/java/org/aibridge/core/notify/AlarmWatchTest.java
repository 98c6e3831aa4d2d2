package org.aibridge.core.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.deadletter.DeathStats;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The memory of what was told, on a disk that fails for a while, and a sender short of threads. */
@Timeout(60)
class AlarmWatchTest {
  private static final DeathStats.Kind KIND = new DeathStats.Kind("0846c473", "422 unknown map *");
  private static final Transport NOWHERE =
      new Transport() {
        @Override
        public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
          throw new AssertionError("no webhook is set");
        }

        @Override
        public long notBeforeMs() {
          return 0;
        }
      };

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final List<DeathStats.Kind> kinds = new ArrayList<>();
  private BridgeConfig config;
  private Path told;
  private Path memory;

  @BeforeEach
  void begin() throws Exception {
    told = folder.resolve("told");
    memory = folder.resolve("notify.json");
    Path program = folder.resolve("program");
    Files.writeString(program, "#!/bin/sh\ncat >>" + told + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf, "[ai_service]\nbase_url = http://127.0.0.1:1\n[notify]\ncommand = " + program + "\n");
    config = ConfigReader.read(conf).config();
  }

  private AlarmWatch watch() {
    return new AlarmWatch(
        () -> config, () -> kinds, folder, NOWHERE, World.of(clock), "test notify");
  }

  private void look(AlarmWatch watch, int times) {
    for (int i = 0; i < times; i++) {
      clock.advanceMs(1000);
      watch.look(SampleStatus.of(BridgeState.RUNNING));
    }
  }

  @Test
  void waitsForAMemoryThatCannotBeReadYetAndThenTellsNothingTwice() throws Exception {
    kinds.add(KIND);
    try (AlarmWatch first = watch()) {
      look(first, 2);
      await().until(() -> Files.exists(told));
    }
    Files.delete(told);
    byte[] kept = Files.readAllBytes(memory);
    Files.delete(memory);
    Files.createDirectory(memory); // What cannot be read.
    try (AlarmWatch second = watch()) {
      look(second, AlarmWatch.MOST_READS - 1);
      Files.delete(memory);
      Files.write(memory, kept);
      look(second, 100);
    }
    assertThat(told).doesNotExist();
  }

  @Test
  void tellsAgainRatherThanNothingWhenTheMemoryStaysUnreadable() throws Exception {
    kinds.add(KIND);
    Files.createDirectory(memory);
    try (AlarmWatch watch = watch()) {
      look(watch, AlarmWatch.MOST_READS - 1);
      assertThat(told).doesNotExist();
      look(watch, 1);
      await().until(() -> Files.exists(told) && Files.readString(told).contains("0846c473"));
    }
  }

  @Test
  void writesItsMemoryAsSoonAsThatCanBeWritten() throws Exception {
    kinds.add(KIND);
    Path inTheWay = Files.createDirectories(folder.resolve("notify.json.new/full"));
    try (AlarmWatch watch = watch()) {
      look(watch, 3);
      assertThat(memory).doesNotExist();
      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
      look(watch, 1);
      assertThat(memory).content().contains("0846c473");
    }
  }

  @Test
  void sendsWhatWaitsOnceThereIsAThreadForIt() throws Exception {
    int[] starts = {0};
    Threads scarce =
        new ScarceThreads(
            () -> {
              if (starts[0]++ == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
            });
    World world = World.of(clock);
    World scarceWorld =
        new World(clock, world.wallMs(), scarce, world.chance(), world.moments(), world.once());
    AlarmSender sender =
        new AlarmSender(() -> config.notifications(), NOWHERE, scarceWorld, "test");
    sender.send(new Alarm("map1", "outage", "it is down", "", 1, 1, 0));
    assertThat(starts[0]).isEqualTo(1);
    sender.resume();
    await().until(() -> Files.exists(told) && Files.readString(told).contains("it is down"));
    sender.resume();
    assertThat(starts[0]).as("one thread is enough").isEqualTo(2);
    sender.close();
  }
}
