package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.deadletter.LetterSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.event.Events;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.http.HttpEventSink;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.TestConfig;
import org.aibridge.core.http.Transport;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Retries;
import org.aibridge.core.store.StoreLimits;

/** A dispatcher on a real journal, with a clock and a service that are the test's. */
final class Bench implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  final FakeTransport transport = new FakeTransport();
  final List<DeadLetter> letters = new ArrayList<>();

  /** Letters whose replayed events were taken, and letters whose replayed events died again. */
  final List<LetterRef> delivered = new ArrayList<>();

  final List<LetterRef> diedAgain = new ArrayList<>();
  final Path folder;
  BridgeConfig config;
  Journal journal;
  Dispatcher dispatcher;

  /** What an append to the dead letters throws; null for nothing. */
  RuntimeException lettersFail;

  /** Where the dispatcher calls out, or keeps what it has read. */
  enum Spot {
    SETTINGS,
    RETRIES,
    CLOCK,
    READER,
    QUEUE,
    ADD,
    REMOVE,
    SEND,
    LETTER,
    LETTERS_SYNC
  }

  /** Runs at each of those spots. */
  Consumer<Spot> fault = spot -> {};

  /** What stands before {@link #transport}; the transport itself, if a test puts nothing there. */
  Transport way = transport;

  /** What a sync of the dead letters does. */
  Runnable lettersSync = () -> {};

  private final LetterSink burials =
      new LetterSink() {
        @Override
        public void append(DeadLetter letter) {
          fault.accept(Spot.LETTER);
          bury(letter);
          fault.accept(Spot.LETTER);
        }

        @Override
        public void sync() {
          fault.accept(Spot.LETTERS_SYNC);
          lettersSync.run();
        }

        @Override
        public void delivered(List<LetterRef> refs) {
          if (lettersFail != null) {
            throw lettersFail;
          }
          delivered.addAll(refs);
        }

        @Override
        public void diedAgain(List<LetterRef> refs) {
          diedAgain.addAll(refs);
        }
      };

  /** The dispatcher's, which a test may break. */
  JournalReader lastReader;

  private final Intake intake;
  private final RingDrain ring;
  private final List<Known> known = new ArrayList<>();

  /** One reader for each life of the journal: Chronicle's tailers grow dearer with their number. */
  private JournalReader watch;

  private long accepted;
  private int next;

  private record Known(long player, long sequence) {}

  Bench(String eventDispatcherLines) {
    transport.service = sent -> FakeTransport.ok();
    try {
      folder = Files.createTempDirectory("dispatch");
      config = settings(eventDispatcherLines);
      intake = Intake.create(folder.resolve("ring"), 1000, 65_536, new Refusals());
      ring = intake.drain();
      open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static BridgeConfig settings(String eventDispatcherLines) {
    return TestConfig.of("http://127.0.0.1:1", "[event_dispatcher]\n" + eventDispatcherLines);
  }

  /** Publishes one event and brings it to the journal. */
  Bench publish(GameEvent event) {
    assertThat(intake.publish(event)).isTrue();
    journal.move(ring);
    accepted++;
    waiting();
    return this;
  }

  /** Publishes {@code n} events of one player, each with its number in {@code monster_id}. */
  Bench publish(int n, long player) {
    for (int i = 0; i < n; i++) {
      assertThat(intake.publish(GameEvent.monsterKill(player, "prontera", next++))).isTrue();
    }
    journal.move(ring);
    accepted += n;
    waiting();
    return this;
  }

  /** Publishes one event as a later version would, with a type that this one does not know. */
  Bench publishOfLaterVersion(long player) {
    assertThat(intake.publish(GameEvent.playerLogin(player, "prontera"))).isTrue();
    long before = ring.position();
    ring.read(1, (buffer, index, length) -> Events.makeUnknown(buffer, index));
    ring.rewindTo(before);
    journal.move(ring);
    accepted++;
    waiting();
    return this;
  }

  /** Returns the lane of the event's player. */
  int laneOf(GameEvent event) {
    return journal.cursor().laneOf(EventCodec.playerNumber(Events.encoded(event), 0));
  }

  /** Puts the event of a letter into the journal once more. */
  Bench replay(String eventId, String json, long player, long key, int replays) {
    byte[] event =
        ReplayedEvent.encode(
            eventId,
            json.getBytes(StandardCharsets.UTF_8),
            player,
            null,
            7,
            key,
            replays,
            EventKinds.NONE);
    journal.replay(List.of(event));
    accepted++;
    waiting();
    return this;
  }

  static GameEvent poison(long player) {
    return GameEvent.custom("test", player, null, "{\"poison\":true}");
  }

  /** One slice; afterwards every event has one place. */
  int run() {
    int work = dispatcher.runOnce();
    DispatchStats stats = dispatcher.stats();
    if (stats.problem().isEmpty()) {
      assertThat(stats.ended() + waiting()).isEqualTo(accepted);
    }
    return work;
  }

  /** Slices until there is nothing to do now. */
  Bench runAll() {
    for (int i = 0; run() > 0; i++) {
      assertThat(i).as("slices").isLessThan(100_000);
    }
    return this;
  }

  /** Slices with time between them, until nothing waits. */
  Bench runUntilDone() {
    for (int i = 0; waiting() > 0; i++) {
      assertThat(i).as("slices").isLessThan(10_000);
      runAll();
      clock.advance(Duration.ofSeconds(2));
    }
    return this;
  }

  /** Events without an end, as the next start would count them. */
  int waiting() {
    return waitingIds().size();
  }

  List<String> waitingIds() {
    while (watch.next()) {
      long player = EventCodec.playerNumber(watch.buffer(), watch.index());
      known.add(new Known(player, watch.sequence()));
    }
    known.removeIf(event -> journal.cursor().isAcknowledged(event.player, event.sequence));
    return known.stream().map(event -> "s1:" + event.sequence).toList();
  }

  /** Drops the dispatcher as a kill would, and starts another on what is on disk. */
  void killAndRestart() {
    killAndRestart(config);
  }

  void killAndRestart(BridgeConfig newConfig) {
    killAndRestart(newConfig, files -> {});
  }

  /** What happens to the journal's folder between two lives. */
  interface Meanwhile {
    void change(Path journal) throws IOException;
  }

  void killAndRestart(BridgeConfig newConfig, Meanwhile meanwhile) {
    try {
      Path cursor = journal.folder().resolve("cursor");
      byte[] onDisk = Files.readAllBytes(cursor);
      watch.close();
      journal.close();
      Files.write(cursor, onDisk);
      meanwhile.change(journal.folder());
      config = newConfig;
      transport.pending.clear();
      transport.inFlight = 0;
      open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void open() throws IOException {
    journal =
        Journal.open(
            folder.resolve("journal"),
            new StoreLimits(1 << 20, 0, 0),
            config.eventDispatcher().lanes(),
            World.of(clock));
    watch = journal.reader();
    known.clear();
    accepted = waiting();
    assertThat(journal.carriedOver()).isEqualTo(accepted);
    dispatcher =
        new Dispatcher(
            () -> {
              fault.accept(Spot.SETTINGS);
              return config;
            },
            new Dispatcher.Source(
                journal,
                position -> {
                  fault.accept(Spot.READER);
                  lastReader = journal.reader(position);
                  return lastReader;
                },
                FaultyQueue::new),
            new HttpEventSink(new FaultyTransport(), () -> config, clock),
            burials,
            () -> {
              fault.accept(Spot.RETRIES);
              return new Retries(3, Duration.ofSeconds(1), () -> 0.5);
            },
            new FaultyClock(),
            () -> {});
  }

  private final class FaultyTransport implements Transport {
    @Override
    public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
      fault.accept(Spot.SEND);
      long wait = way.trySend(request, onAnswer);
      fault.accept(Spot.SEND);
      return wait;
    }

    @Override
    public long notBeforeMs() {
      return transport.notBeforeMs();
    }
  }

  private final class FaultyClock implements BridgeClock {
    @Override
    public long nanos() {
      fault.accept(Spot.CLOCK);
      return clock.nanos();
    }

    @Override
    public long epochMs() {
      fault.accept(Spot.CLOCK);
      return clock.epochMs();
    }
  }

  private final class FaultyQueue extends LaneQueue {
    FaultyQueue() {
      fault.accept(Spot.QUEUE);
    }

    @Override
    void add(DirectBuffer event, int index, int length, long sequence, long position, long atMs) {
      fault.accept(Spot.ADD);
      super.add(event, index, length, sequence, position, atMs);
    }

    @Override
    void remove(int n) {
      super.remove(n);
      fault.accept(Spot.REMOVE);
    }
  }

  private void bury(DeadLetter letter) {
    if (lettersFail != null) {
      throw lettersFail;
    }
    letters.add(letter);
  }

  List<String> letterIds() {
    return letters.stream().map(DeadLetter::eventId).toList();
  }

  @Override
  public void close() {
    dispatcher.close();
    watch.close();
    journal.close();
    delete(folder);
  }

  static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.deleteIfExists(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
