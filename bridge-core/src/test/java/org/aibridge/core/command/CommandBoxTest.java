package org.aibridge.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.aibridge.core.action.ManualClock;
import org.aibridge.core.run.BridgeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands between two processes, which share nothing but a folder. */
class CommandBoxTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<String> seen = new ArrayList<>();

  private CommandBox box(BridgeClock clock) {
    return box(clock, clock::epochMs);
  }

  private CommandBox box(BridgeClock clock, LongSupplier wallMs) {
    CommandBox box = new CommandBox(folder, clock, wallMs);
    box.register(
        "echo",
        command -> {
          seen.add(command.path("say").asText());
          return CompletableFuture.completedFuture(command.deepCopy().put("ok", true));
        });
    box.register(
        "broken",
        command -> {
          throw new IllegalStateException("boom");
        });
    return box;
  }

  private static ObjectNode say(String text) {
    return JsonNodeFactory.instance.objectNode().put("say", text);
  }

  private ObjectNode askRunning(String group, ObjectNode command) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    CommandBox box = box(BridgeClock.system());
    Thread server =
        new Thread(
            () -> {
              while (!over.get()) {
                box.runOnce();
                Thread.onSpinWait();
              }
            });
    server.start();
    try {
      return new CommandSender(folder, BridgeClock.system()).ask(group, command, LIMIT);
    } finally {
      over.set(true);
      server.join();
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("commands"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void restsUntilItsNextLookUnlessACommandWaitsForItsAnswer() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(clock);
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    box.register("slow", command -> answer);
    box.runOnce();
    assertThat(box.mayRestNanos()).isEqualTo(1_000_000_000);
    CommandFiles.put(
        folder.resolve("commands"),
        "one" + CommandFiles.ASKED,
        JsonNodeFactory.instance
            .objectNode()
            .put("group", "slow")
            .put("expires", Long.MAX_VALUE)
            .set("command", say("x")));
    clock.advance(Duration.ofSeconds(1));
    box.runOnce();
    assertThat(box.mayRestNanos()).as("its answer comes from another thread").isZero();
    answer.complete(say("done"));
    box.runOnce();
    assertThat(files()).containsExactly("one" + CommandFiles.ANSWER);
    assertThat(box.mayRestNanos()).isEqualTo(1_000_000_000);
  }

  @Test
  void carriesACommandAndItsAnswerAndLeavesNothingBehind() throws Exception {
    ObjectNode answer = askRunning("echo", say("grüße"));
    assertThat(answer.path("say").asText()).isEqualTo("grüße");
    assertThat(answer.path("ok").asBoolean()).isTrue();
    assertThat(files()).isEmpty();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("commands"))))
        .isEqualTo("rwx------");
  }

  @Test
  void answersThatNobodyKnowsAGroupOrThatAHandlerFailed() throws Exception {
    assertThat(askRunning("nobody", say("x")).path("problem").asText())
        .isEqualTo("this server answers no commands of nobody");
    assertThat(askRunning("broken", say("x")).path("problem").asText()).contains("boom");
  }

  @Test
  void takesBackACommandThatNoServerHasTaken() throws Exception {
    CommandSender sender = new CommandSender(folder, BridgeClock.system());
    assertThatThrownBy(() -> sender.ask("echo", say("x"), Duration.ofMillis(50)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was done");
    assertThat(files()).isEmpty();
    box(BridgeClock.system()).runOnce();
    assertThat(seen).isEmpty();
  }

  @Test
  void looksIntoTheFolderOnceASecond() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(clock);
    box.runOnce();
    put("1", clock, 60_000, "echo", say("first"));
    box.runOnce();
    assertThat(seen).isEmpty();
    clock.advanceMs(1000);
    box.runOnce();
    box.runOnce();
    assertThat(seen).containsExactly("first");
    assertThat(files()).containsExactly("1.answer");
    clock.advance(Duration.ofSeconds(62));
    box.runOnce();
    assertThat(files()).as("an answer nobody fetched").isEmpty();
  }

  @Test
  void answersThatACommandIsPastItsTimeAndDoesNotDoIt() throws Exception {
    ManualClock clock = new ManualClock();
    put("1", clock, -1, "echo", say("late"));
    CommandBox box = box(clock);
    box.runOnce();
    box.runOnce();
    assertThat(seen).isEmpty();
    assertThat(files()).containsExactly("1.answer");
    assertThat(CommandFiles.read(folder.resolve("commands/1.answer")).path("problem").asText())
        .startsWith("nothing was done: the command was 1 ms past its time");
  }

  @Test
  void doesACommandThoughTheBridgesOwnClockIsHoursAheadOfTheWallClock() throws Exception {
    ManualClock wall = new ManualClock();
    ManualClock clock = new ManualClock();
    clock.advance(Duration.ofHours(3));
    put("1", wall, 10_000, "echo", say("in time"));
    box(clock, wall::epochMs).runOnce();
    assertThat(seen).containsExactly("in time");
  }

  @Test
  void doesNotDoWhatAKilledServerHadTaken() throws Exception {
    ManualClock clock = new ManualClock();
    put("2", clock, 60_000, "echo", say("taken"));
    Path commands = folder.resolve("commands");
    Files.move(commands.resolve("2.asked"), commands.resolve("2.taken"));
    box(clock).runOnce();
    assertThat(seen).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void answersGarbageAndTakesTheOthers() throws Exception {
    ManualClock clock = new ManualClock();
    put("3", clock, 60_000, "echo", say("good"));
    Path commands = folder.resolve("commands");
    Files.writeString(commands.resolve("1.asked"), "{");
    Files.write(commands.resolve("2.asked"), new byte[CommandFiles.MAX_BYTES + 1]);
    Files.createDirectory(commands.resolve("4.asked"));
    CommandBox box = box(clock);
    box.runOnce();
    box.runOnce();
    assertThat(seen).containsExactly("good");
    assertThat(files()).contains("1.answer", "2.answer", "3.answer", "4.answer");
  }

  private void put(String name, BridgeClock clock, long leftMs, String group, ObjectNode command)
      throws IOException {
    ObjectNode whole =
        JsonNodeFactory.instance
            .objectNode()
            .put("group", group)
            .put("expires", clock.epochMs() + leftMs);
    whole.set("command", command);
    CommandFiles.put(CommandFiles.make(folder), name + CommandFiles.ASKED, whole);
  }
}
