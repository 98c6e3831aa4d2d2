package org.aibridge.core.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Foreign;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands between two processes, which share nothing but a folder. */
@Tag("slow")
@Timeout(60)
class CommandBoxTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<String> seen = new ArrayList<>();
  private final List<CommandBox> boxes = new ArrayList<>();
  private final List<SocketChannel> callers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (SocketChannel caller : callers) {
      caller.close();
    }
    for (CommandBox box : boxes) {
      box.close();
    }
  }

  private CommandBox box(BridgeClock clock) {
    return box(folder, clock, clock::epochMs);
  }

  private CommandBox box(Path parent, BridgeClock clock, LongSupplier wallMs) {
    CommandBox box = new CommandBox(parent, clock, wallMs);
    boxes.add(box);
    box.register(
        "echo",
        command -> {
          seen.add(command.path("say").asText());
          return CompletableFuture.completedFuture(command.deepCopy().put("ok", true));
        });
    box.register(
        "broken",
        command -> {
          Foreign.sneak(new IOException("boom"));
          return null;
        });
    return box;
  }

  private static ObjectNode say(String text) {
    return JsonNodeFactory.instance.objectNode().put("say", text);
  }

  private ObjectNode askRunning(String group, ObjectNode command) throws Exception {
    return askRunning(folder, box(BridgeClock.system()), group, command);
  }

  private static ObjectNode askRunning(
      Path parent, CommandBox box, String group, ObjectNode command) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread server =
        new Thread(
            () -> {
              while (!over.get()) {
                box.runOnce();
                LockSupport.parkNanos(1_000_000);
              }
            });
    server.start();
    try {
      return new CommandSender(parent, World.ofJvm()).ask(group, command, LIMIT);
    } finally {
      over.set(true);
      server.join();
    }
  }

  /** Says {@code text} as somebody who is not our sender. */
  private SocketChannel call(String text) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    callers.add(channel);
    CommandSocket.at(CommandSocket.in(folder), channel::connect);
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return channel;
  }

  private static String command(BridgeClock clock, long leftMs, String group, ObjectNode command) {
    ObjectNode whole =
        JsonNodeFactory.instance
            .objectNode()
            .put("group", group)
            .put("expires", clock.epochMs() + leftMs);
    whole.set("command", command);
    return whole + "\n";
  }

  private static String heard(SocketChannel channel) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(1 << 16);
    while (channel.read(in) >= 0 && in.hasRemaining()) {
      Thread.onSpinWait();
    }
    return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
  }

  @Test
  void restsUntilItsNextLookUnlessACommandWaitsForItsAnswer() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(clock);
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    box.register("slow", command -> answer);
    box.runOnce();
    assertThat(box.mayRestNanos()).isEqualTo(1_000_000_000);
    SocketChannel caller = call(command(clock, 60_000, "slow", say("x")));
    box.runOnce();
    assertThat(box.mayRestNanos()).as("it looks once a second").isEqualTo(1_000_000_000);
    clock.advance(Duration.ofSeconds(1));
    box.runOnce();
    assertThat(box.mayRestNanos()).as("its answer comes from another thread").isZero();
    answer.complete(say("done"));
    box.runOnce();
    assertThat(box.mayRestNanos()).isEqualTo(1_000_000_000);
    assertThat(heard(caller)).isEqualTo("taken\n{\"say\":\"done\"}\n");
  }

  @Test
  void carriesACommandAndItsAnswerThroughAFolderOfItsOwnersAlone() throws Exception {
    Files.createDirectory(folder.resolve("commands"));
    Files.setPosixFilePermissions(
        folder.resolve("commands"), PosixFilePermissions.fromString("rwxrwxrwx"));
    ObjectNode answer = askRunning("echo", say("grüße"));
    assertThat(answer.path("say").asText()).isEqualTo("grüße");
    assertThat(answer.path("ok").asBoolean()).isTrue();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("commands"))))
        .isEqualTo("rwx------");
    boxes.get(0).close();
    assertThat(folder.resolve("commands")).isEmptyDirectory();
  }

  @Test
  void carriesWhatIsLargerThanAnyBufferBothWays() throws Exception {
    String large = "x".repeat(4 << 20);
    assertThat(askRunning("echo", say(large)).path("say").asText()).isEqualTo(large);
    assertThatThrownBy(() -> askRunning("echo", say(large + large)))
        .hasMessageContaining("at most 8388608 bytes");
  }

  @Test
  void saysOfAnAnswerThatIsTooLongOnlyThat() throws Exception {
    CommandBox box = box(BridgeClock.system());
    String large = "x".repeat(CommandSocket.MAX_BYTES);
    box.register("long", command -> CompletableFuture.completedFuture(say(large)));
    assertThat(askRunning(folder, box, "long", say("x")).path("problem").asText())
        .isEqualTo(
            "the command ran, and its answer has more than 8388608 bytes, which are not sent");
  }

  @Test
  void hearsNoMoreOfAServerThanAnAnswerMayHave() throws Exception {
    CommandSocket.makeFolder(folder);
    try (ServerSocketChannel endless = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      CommandSocket.at(CommandSocket.in(folder), endless::bind);
      CompletableFuture<Void> server =
          CompletableFuture.runAsync(
              () -> {
                try (SocketChannel caller = endless.accept()) {
                  while (true) {
                    caller.write(ByteBuffer.allocate(1 << 16));
                  }
                } catch (IOException e) {
                  return; // The caller has gone.
                }
              });
      assertThatThrownBy(
              () -> new CommandSender(folder, World.ofJvm()).ask("echo", say("x"), LIMIT))
          .hasMessageContaining("more than 8388608 bytes");
      server.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void answersThatNobodyKnowsAGroupOrThatAHandlerFailed() throws Exception {
    CommandBox box = box(BridgeClock.system());
    assertThat(askRunning(folder, box, "nobody", say("x")).path("problem").asText())
        .isEqualTo("this server answers no commands of nobody");
    assertThat(askRunning(folder, box, "broken", say("x")).path("problem").asText())
        .isEqualTo("it failed: boom");
  }

  @Test
  void saysThatNothingWasDoneWhereNoServerLooksAndDoesNothingLater() throws Exception {
    CommandSender sender = new CommandSender(folder, World.ofJvm());
    Duration soon = Duration.ofMillis(50);
    assertThatThrownBy(() -> sender.ask("echo", say("x"), soon))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was done");
    ManualClock clock = new ManualClock();
    CommandBox frozen = box(folder, clock, () -> 0);
    frozen.runOnce();
    assertThatThrownBy(() -> sender.ask("echo", say("x"), soon))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was done");
    clock.advance(Duration.ofSeconds(1));
    frozen.runOnce();
    assertThat(seen).as("its sender has gone, though it is in time").isEmpty();
  }

  @Test
  void saysThatACommandWasTakenThoughItsAnswerDoesNotCome() throws Exception {
    CommandBox box = box(BridgeClock.system());
    box.register("slow", command -> new CompletableFuture<>());
    AtomicBoolean over = new AtomicBoolean();
    Thread server =
        new Thread(
            () -> {
              while (!over.get()) {
                box.runOnce();
                LockSupport.parkNanos(1_000_000);
              }
            });
    server.start();
    try {
      CommandSender sender = new CommandSender(folder, World.ofJvm());
      assertThatThrownBy(() -> sender.ask("slow", say("x"), Duration.ofSeconds(2)))
          .hasMessageContaining("taken the command and not answered");
    } finally {
      over.set(true);
      server.join();
    }
  }

  @Test
  void answersThatACommandIsPastItsTimeAndDoesNotDoIt() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(clock);
    box.runOnce();
    SocketChannel caller = call(command(clock, 999, "echo", say("late")));
    clock.advance(Duration.ofSeconds(1));
    box.runOnce();
    assertThat(seen).isEmpty();
    box.runOnce();
    assertThat(heard(caller)).contains("nothing was done: the command was 1 ms past its time");
  }

  @Test
  void doesACommandThoughTheBridgesOwnClockIsHoursAheadOfTheWallClock() throws Exception {
    ManualClock wall = new ManualClock();
    ManualClock clock = new ManualClock();
    clock.advance(Duration.ofHours(3));
    CommandBox box = box(folder, clock, wall::epochMs);
    box.runOnce();
    call(command(wall, 10_000, "echo", say("in time")));
    clock.advance(Duration.ofSeconds(1));
    box.runOnce();
    assertThat(seen).containsExactly("in time");
  }

  @Test
  void takesTheSocketOverThatAKilledServerHasLeft() throws Exception {
    Files.createDirectory(folder.resolve("commands"));
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      CommandSocket.at(CommandSocket.in(folder), killed::bind);
    }
    assertThat(folder.resolve("commands/socket")).exists();
    assertThat(askRunning("echo", say("x")).path("ok").asBoolean()).isTrue();
  }

  @Test
  void listensAgainAfterSomebodyHasDeletedTheFolderAndAfterAnInterrupt() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(folder, clock, () -> 0);
    for (int i = 1; i <= 3; i++) {
      Thread.currentThread().interrupt();
      box.runOnce();
      assertThat(Thread.interrupted()).isTrue();
      call(command(clock, 60_000, "echo", say("x")));
      clock.advance(Duration.ofSeconds(1));
      Thread.currentThread().interrupt();
      box.runOnce();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(seen).hasSize(i);
      Files.delete(folder.resolve("commands/socket"));
      Files.delete(folder.resolve("commands"));
      clock.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void answersGarbageAndTakesTheOthers() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(clock);
    box.runOnce();
    SocketChannel broken = call("{\n");
    SocketChannel list = call("[]\n");
    call("half a comma").close();
    call(command(clock, 60_000, "echo", say("good")));
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofSeconds(1));
      box.runOnce();
    }
    assertThat(seen).containsExactly("good");
    assertThat(heard(broken)).contains("the command cannot be read");
    assertThat(heard(list)).contains("the command cannot be read");
  }

  @Test
  void doesNotWaitForThoseWhoSayNothingAndLetsThemGo() throws Exception {
    ManualClock clock = new ManualClock();
    CommandBox box = box(folder, clock, () -> 0);
    box.runOnce();
    List<SocketChannel> silent = List.of(call("{"), call("{"), call("{"), call("{"));
    call(command(clock, 200_000, "echo", say("behind them")));
    clock.advance(Duration.ofSeconds(1));
    box.runOnce();
    assertThat(seen).isEmpty();
    clock.advance(Duration.ofSeconds(61));
    box.runOnce();
    clock.advance(Duration.ofSeconds(1));
    box.runOnce();
    assertThat(seen).containsExactly("behind them");
    assertThat(heard(silent.get(0))).isEmpty();
  }

  @Test
  void listensInAFolderWhoseNameIsTooLongForASocket() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no short names for long ones");
    Path deep = Files.createDirectories(folder.resolve("a".repeat(120)).resolve("journal"));
    CommandBox box = box(deep, BridgeClock.system(), () -> 0);
    assertThat(askRunning(deep, box, "echo", say("deep")).path("say").asText()).isEqualTo("deep");
    assertThat(deep.resolve("commands/socket")).exists();
  }

  @Test
  void carriesCommandsOnADiskThatIsFull() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()), "may mount");
    try (CommandBox box = box(disk, BridgeClock.system(), () -> 0)) {
      box.runOnce();
      try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
        assertThatThrownBy(
                () -> {
                  while (true) {
                    out.write(new byte[4096]);
                  }
                })
            .isInstanceOf(IOException.class);
      }
      String large = "x".repeat(2 << 20);
      assertThat(askRunning(disk, box, "echo", say(large)).path("say").asText()).isEqualTo(large);
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
